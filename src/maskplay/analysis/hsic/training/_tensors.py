"""HSIC of tensors, with gradients on every backend of Keras."""

from typing import Any

from keras import ops

KERNELS = ("gaussian", "laplace", "linear", "delta")


def check_kernel(kernel: str, width: float | None, name: str = "kernel") -> None:
    """Refuse what is no kernel for tensors.

    Raises:
        ValueError: if the name is unknown or the width not positive.
    """
    if kernel not in KERNELS:
        raise ValueError(f"{name} must be one of {', '.join(KERNELS)}. Received: {kernel!r}")
    if width is not None and not width > 0:
        raise ValueError(f"A width must be positive, or None for the median. Received: {width!r}")


def refuse_mask(mask: Any, name: str) -> None:
    """Refuse what is still a padded sequence: whole samples are compared, and padding would count.

    Raises:
        ValueError: if there is a mask.
    """
    if mask is not None:
        raise ValueError(
            f"{name} compares whole samples, and cannot leave out what a mask does. Pool the sequence first, to "
            "(batch, dim). Received: a mask"
        )


def tensor_gram(x: Any, kernel: str, width: float | None) -> Any:
    """Kernel matrix `(batch, batch)` of `x` `(batch, …)`, in float32 at least.

    An open width is the median distance within the batch; no gradient goes through it. Nor does one through square
    roots of distances, where it would be NaN at 0: the Laplace kernel sums absolute differences.
    """
    x = ops.convert_to_tensor(x)
    x = ops.reshape(x, (ops.shape(x)[0], -1))
    if kernel == "delta":
        same = ops.all(ops.equal(x[:, None, :], x[None, :, :]), axis=-1)
        return ops.cast(same, "float32")
    if str(x.dtype).rsplit(".", maxsplit=1)[-1] not in ("float32", "float64"):
        x = ops.cast(x, "float32")
    x = x - ops.stop_gradient(ops.mean(x, axis=0))
    if kernel == "linear":
        return ops.matmul(x, ops.transpose(x))
    if kernel == "laplace":
        distances = ops.sum(ops.abs(x[:, None, :] - x[None, :, :]), axis=-1)
        return ops.exp(-distances / _width(distances, width))
    squares = ops.sum(x * x, axis=-1)
    squared = squares[:, None] + squares[None, :] - 2 * ops.matmul(x, ops.transpose(x))
    squared = ops.maximum(squared, ops.zeros_like(squared))
    scale = _width(ops.sqrt(ops.stop_gradient(squared)), width)
    return ops.exp(-squared / (2 * scale * scale))


def tensor_hsic(k: Any, m: Any, *, unbiased: bool = False) -> Any:
    """HSIC of two kernel matrices `(batch, batch)`: a scalar; 0 where a batch is too small for the unbiased one."""
    k, m = ops.convert_to_tensor(k), ops.convert_to_tensor(m)
    m = ops.cast(m, k.dtype)
    n = ops.cast(ops.shape(k)[0], k.dtype)
    if not unbiased:
        return ops.sum(_centred(k, n, n) * _centred(m, n, n)) / (n * n)
    index = ops.arange(ops.shape(k)[0])
    off = ops.cast(ops.not_equal(index[:, None], index[None, :]), k.dtype)
    one = ops.maximum(n - 2, ops.ones_like(n))
    product = ops.sum(_centred(k * off, one, n - 1) * off * _centred(m * off, one, n - 1))
    return ops.where(n > 3, product / ops.maximum(n * (n - 3), ops.ones_like(n)), ops.zeros_like(product))


def tensor_cka(k: Any, m: Any) -> Any:
    """Normalised HSIC of two kernel matrices `(batch, batch)`, the biased one; 0 where one of them is constant."""
    own = tensor_hsic(k, k) * tensor_hsic(m, m)
    # The root is taken of 1 where there is nothing: the gradient of a choice not taken is still computed.
    some = own > 1e-20
    root = ops.sqrt(ops.where(some, own, ops.ones_like(own)))
    value = tensor_hsic(k, m) / root
    return ops.where(some, value, ops.zeros_like(value))


def _centred(k: Any, rows: Any, all_rows: Any) -> Any:
    sums = ops.sum(k, axis=1)
    return k - (sums[:, None] + sums[None, :]) / rows + ops.sum(sums) / (rows * all_rows)


def _width(distances: Any, width: float | None) -> Any:
    if width is not None:
        return ops.cast(width, distances.dtype)
    ordered = ops.sort(ops.reshape(ops.stop_gradient(distances), (-1,)))
    n = ops.shape(distances)[0]
    # The n zeros of the diagonal come first.
    median = ops.take(ordered, ops.minimum(n + (n * n - n) // 2, n * n - 1))
    return ops.where(median > 0, median, ops.ones_like(median))
