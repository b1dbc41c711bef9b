"""A layer that keeps a representation from telling of something."""

from collections.abc import Sequence
from typing import Any

import keras

from maskplay.analysis.hsic.training._tensors import check_kernel, refuse_mask, tensor_gram, tensor_hsic


@keras.saving.register_keras_serializable(package="maskplay")
class IndependencePenalty(keras.layers.Layer):
    """Passes `x` on unchanged, and adds factor · HSIC(x, z) to the model's loss: called on `[x, z]`.

    With a negative factor it makes them dependent.

    Args:
        factor: of the penalty.
        kernel: of `x`, as in `HSICLoss`.
        kernel_z: of `z`; "delta" for class numbers.
        width: as in `HSICLoss`.
        width_z: the same for `z`.
        **kwargs: as in `keras.layers.Layer`.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((16, 3)).astype("float32")
    >>> layer = IndependencePenalty(factor=2.0)
    >>> bool(np.all(np.asarray(layer([x, x[:, :1]])) == x)), len(layer.losses)
    (True, 1)
    """

    def __init__(
        self,
        factor: float = 1.0,
        kernel: str = "gaussian",
        kernel_z: str = "gaussian",
        width: float | None = None,
        width_z: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_kernel(kernel, width)
        check_kernel(kernel_z, width_z, "kernel_z")
        self.factor, self.kernel, self.kernel_z, self.width, self.width_z = (
            factor,
            kernel,
            kernel_z,
            width,
            width_z,
        )
        self.supports_masking = True

    def call(self, inputs: Sequence[Any], mask: Any = None) -> Any:
        """Pass on the first of two tensors `(batch, …)`.

        Raises:
            ValueError: if one of them is a sequence with a mask.
        """
        x, z = inputs
        for one, of_it in zip((x, z), mask or (None, None), strict=True):
            refuse_mask(of_it if len(one.shape) > 2 else None, "IndependencePenalty")
        k, m = tensor_gram(x, self.kernel, self.width), tensor_gram(z, self.kernel_z, self.width_z)
        self.add_loss(self.factor * tensor_hsic(k, m))
        return x

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of `x`."""
        return previous_mask[0] if isinstance(previous_mask, list | tuple) else previous_mask

    def compute_output_shape(self, input_shape: Sequence[Any]) -> Any:
        """That of `x`."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Everything that the constructor takes."""
        own = ("factor", "kernel", "kernel_z", "width", "width_z")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}
