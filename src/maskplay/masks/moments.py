"""Sum, mean and variance of what a mask keeps (Scientific Spaces 6810)."""

from typing import Any

from keras import ops

from maskplay.masks._align import Axis, align, narrow, wide
from maskplay.masks.keep import keep


def masked_sum(x: Any, mask: Any, axis: Axis = 1, keepdims: bool = False) -> Any:
    """Sum of the kept entries along `axis`; 0 where nothing is kept.

    Half precision is summed in float32 and cast back.

    Args:
        x: Tensor of any rank, typically `(batch, length, dim)`.
        mask: Boolean, True = keep, typically `(batch, length)`; its axes are the first axes of `x`, each as
            long as that of `x` or 1. None keeps everything. What is not kept may hold anything, NaN included.
        axis: One axis, or several; the mask must reach them.
        keepdims: Whether the reduced axes stay, with length 1.

    Returns:
        Tensor of the float type of `x` (integers stay integers), here `(batch, dim)`.

    Raises:
        TypeError: The mask is not boolean.
        ValueError: The axis is out of range, or the mask does not fit.

    >>> import numpy as np
    >>> x = np.array([[1.0, 2.0, 40.0], [10.0, 20.0, 30.0]])
    >>> mask = np.array([[True, True, False], [False, False, False]])
    >>> np.asarray(masked_sum(x, mask)).tolist()
    [3.0, 0.0]
    """
    x, mask, axes = align(x, mask, axis)
    return _sum(x, mask, axes, keepdims)


def masked_mean(x: Any, mask: Any, axis: Axis = 1, keepdims: bool = False) -> Any:
    """Mean of the kept entries along `axis`; 0 where nothing is kept.

    Arguments, errors and precision as in `masked_sum`; the mean of integers is float32.

    >>> import numpy as np
    >>> x = np.array([[1.0, 2.0, 40.0], [10.0, 20.0, 30.0]])
    >>> mask = np.array([[True, True, False], [False, False, False]])
    >>> np.asarray(masked_mean(x, mask)).tolist()
    [1.5, 0.0]
    """
    x, mask, axes = align(x, mask, axis)
    return narrow(_mean(wide(x), mask, axes, keepdims), like=x)


def masked_variance(x: Any, mask: Any, axis: Axis = 1, keepdims: bool = False) -> Any:
    """Mean squared distance of the kept entries from their mean; 0 where nothing is kept.

    It divides by the number of kept entries, as `numpy.var` does. Arguments, errors and precision as in
    `masked_mean`.

    >>> import numpy as np
    >>> x = np.array([[1.0, 2.0, 40.0], [10.0, 20.0, 30.0]])
    >>> mask = np.array([[True, True, False], [False, False, False]])
    >>> np.asarray(masked_variance(x, mask)).tolist()
    [0.25, 0.0]
    """
    x, mask, axes = align(x, mask, axis)
    deviation = wide(x) - _mean(wide(x), mask, axes, keepdims=True)
    return narrow(_mean(ops.square(keep(deviation, mask)), mask, axes, keepdims), like=x)


def _sum(x: Any, mask: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    kept = keep(x, mask)
    if "float" in str(x.dtype):
        return narrow(ops.sum(wide(kept), axis=axes, keepdims=keepdims), like=x)
    return ops.sum(kept, axis=axes, keepdims=keepdims)


def _mean(x: Any, mask: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    count = ops.sum(ops.cast(mask, x.dtype), axis=axes, keepdims=keepdims)
    return _sum(x, mask, axes, keepdims) / ops.maximum(count, 1)
