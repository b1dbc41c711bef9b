"""HSIC and CKA as metrics."""

from typing import Any

import keras
from keras import ops

from maskplay.analysis.hsic.training._tensors import check_kernel, refuse_mask, tensor_gram, tensor_hsic


class _Dependence(keras.metrics.Metric):
    """What both metrics share: unbiased estimates of each batch, added up."""

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
        self.products = self.add_variable((3,), "zeros", name="products")
        self.batches = self.add_variable((), "zeros", name="batches")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add a batch; one with fewer than 4 samples adds nothing.

        Raises:
            ValueError: if there are sample weights, or a mask.
        """
        refuse_mask(getattr(y_pred, "_keras_mask", None), type(self).__name__)
        if sample_weight is not None:
            raise ValueError("Dependence has no sample weights. Received: sample_weight")
        k = tensor_gram(y_pred, self.kernel, self.width)
        m = tensor_gram(y_true, self.kernel_true, self.width_true)
        pairs = ((k, m), (k, k), (m, m))
        values = ops.stack(
            [ops.cast(tensor_hsic(*pair, unbiased=True), self.products.dtype) for pair in pairs]
        )
        self.products.assign_add(values)
        self.batches.assign_add(ops.cast(ops.shape(k)[0] > 3, self.batches.dtype))

    def get_config(self) -> dict[str, Any]:
        """Everything that the constructor takes."""
        own = ("kernel", "kernel_true", "width", "width_true")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}


@keras.saving.register_keras_serializable(package="maskplay")
class HSICMetric(_Dependence):
    """Mean of the batches' unbiased estimates: itself unbiased, whatever the batch size. Set the widths for that.

    Arguments as in `HSICLoss`.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((64, 3)).astype("float32")
    >>> metric = HSICMetric(width=2.0, width_true=2.0)
    >>> metric.update_state(x, x)
    >>> float(metric.result()) > 0.01
    True
    """

    def result(self) -> Any:
        """The mean so far; 0 before the first batch."""
        return self.products[0] / ops.maximum(self.batches, 1.0)


@keras.saving.register_keras_serializable(package="maskplay")
class CKAMetric(_Dependence):
    """Normalised dependence, from the batches' unbiased estimates: numerator and denominators are added up apart.

    Arguments as in `HSICLoss`.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((64, 3)).astype("float32")
    >>> metric = CKAMetric()
    >>> metric.update_state(x, x)
    >>> round(float(metric.result()), 4)
    1.0
    """

    def result(self) -> Any:
        """The ratio so far; 0 where one of the variables never varied."""
        own = self.products[1] * self.products[2]
        some = own > 1e-20
        value = self.products[0] / ops.sqrt(ops.where(some, own, ops.ones_like(own)))
        return ops.where(some, value, ops.zeros_like(value))
