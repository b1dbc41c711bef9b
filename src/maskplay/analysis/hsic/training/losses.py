"""HSIC and CKA as losses."""

from typing import Any

import keras

from maskplay.analysis.hsic.training._tensors import (
    check_kernel,
    refuse_mask,
    tensor_cka,
    tensor_gram,
    tensor_hsic,
)


class _Dependence(keras.losses.Loss):
    """What both losses share: two kernels, one value for a batch."""

    def __init__(
        self,
        kernel: str = "gaussian",
        kernel_true: str = "gaussian",
        width: float | None = None,
        width_true: float | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        check_kernel(kernel, width)
        check_kernel(kernel_true, width_true, "kernel_true")
        self.kernel, self.kernel_true, self.width, self.width_true = kernel, kernel_true, width, width_true

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The value of the batch.

        Raises:
            ValueError: if there are sample weights, or a mask.
        """
        if sample_weight is not None:
            raise ValueError(
                f"{type(self).__name__} has one value for a batch, which no weights of samples belong to. "
                "Received: sample_weight"
            )
        refuse_mask(getattr(y_pred, "_keras_mask", None), type(self).__name__)
        return super().__call__(y_true, y_pred)

    def _grams(self, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
        return (
            tensor_gram(y_pred, self.kernel, self.width),
            tensor_gram(y_true, self.kernel_true, self.width_true),
        )

    def get_config(self) -> dict[str, Any]:
        """Everything that the constructor takes."""
        own = ("kernel", "kernel_true", "width", "width_true")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}


@keras.saving.register_keras_serializable(package="maskplay")
class HSICLoss(_Dependence):
    """Dependence of predictions and targets, to be made small: representations that do not tell of a target.

    The biased estimate over the batch, which is never negative; float32 or better. It has one value for a batch:
    sample weights are an error, and so are sequences with a mask, which must be pooled first.

    Args:
        kernel: of the predictions: "gaussian", "laplace", "linear", or "delta".
        kernel_true: of the targets; "delta" for class numbers.
        width: of the predictions' kernel; None is the median distance within the batch.
        width_true: the same for the targets.
        name: of the loss.
        **kwargs: as in `keras.losses.Loss`.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((64, 3)).astype("float32")
    >>> float(HSICLoss()(x, x)) > 10 * float(HSICLoss()(x[::-1], x))
    True
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """HSIC of the batch: a scalar."""
        return tensor_hsic(*self._grams(y_true, y_pred))


@keras.saving.register_keras_serializable(package="maskplay")
class CKALoss(_Dependence):
    """1 minus the normalised dependence of predictions and targets: to be made small, it makes them dependent.

    Arguments as in `HSICLoss`.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((64, 3)).astype("float32")
    >>> abs(float(CKALoss(kernel="linear", kernel_true="linear")(x, 2 * x + 1))) < 1e-5
    True
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """One minus CKA of the batch: a scalar."""
        return 1.0 - tensor_cka(*self._grams(y_true, y_pred))
