"""A penalty on parts of a representation that depend on each other."""

from itertools import combinations
from typing import Any

import keras
from keras import ops

from maskplay.analysis.hsic.training._tensors import check_kernel, tensor_gram, tensor_hsic


@keras.saving.register_keras_serializable(package="maskplay")
class IndependenceRegularizer(keras.regularizers.Regularizer):
    """HSIC of every two parts of a layer's output, as an `activity_regularizer`: parts that say different things.

    Args:
        groups: into how many equal parts the last axis is cut.
        factor: of the penalty.
        kernel: as in `HSICLoss`.
        width: as in `HSICLoss`.

    Raises:
        ValueError: fewer than two groups, or an axis that they do not divide.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((64, 2)).astype("float32")
    >>> penalty = IndependenceRegularizer()
    >>> float(penalty(np.concatenate([x, x], 1))) > 5 * float(penalty(np.concatenate([x, x[::-1]], 1)))
    True
    """

    def __init__(
        self, groups: int = 2, factor: float = 1.0, kernel: str = "gaussian", width: float | None = None
    ) -> None:
        if groups < 2:
            raise ValueError(f"groups must be 2 or more. Received: {groups}")
        check_kernel(kernel, width)
        self.groups, self.factor, self.kernel, self.width = groups, factor, kernel, width

    def __call__(self, x: Any) -> Any:
        """The penalty of `x` `(batch, …, dim)`: a scalar."""
        if x.shape[-1] % self.groups:
            raise ValueError(
                f"The last axis must be divisible by the {self.groups} groups. Received: shape {tuple(x.shape)}"
            )
        grams = [tensor_gram(part, self.kernel, self.width) for part in ops.split(x, self.groups, axis=-1)]
        return self.factor * sum(tensor_hsic(a, b) for a, b in combinations(grams, 2))

    def get_config(self) -> dict[str, Any]:
        """Everything that the constructor takes."""
        return {"groups": self.groups, "factor": self.factor, "kernel": self.kernel, "width": self.width}
