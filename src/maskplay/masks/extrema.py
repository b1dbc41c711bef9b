"""Maximum and minimum of what a mask keeps (Scientific Spaces 6810)."""

from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.masks._align import Axis, align
from maskplay.masks.moments import masked_sum


def masked_max(x: Any, mask: Any, axis: Axis = 1, keepdims: bool = False) -> Any:
    """Largest kept entry along `axis`; 0 where nothing is kept.

    Args:
        x: Tensor of any rank, typically `(batch, length, dim)`.
        mask: Boolean, True = keep, typically `(batch, length)`; its axes are the first axes of `x`, each as
            long as that of `x` or 1. None keeps everything. What is not kept may hold anything, NaN included.
        axis: One axis, or several; the mask must reach them.
        keepdims: Whether the reduced axes stay, with length 1.

    Returns:
        Tensor of the type of `x`, here `(batch, dim)`.

    Raises:
        TypeError: The mask is not boolean.
        ValueError: The axis is out of range, or the mask does not fit.

    >>> import numpy as np
    >>> x = np.array([[-1.0, -2.0, 40.0], [10.0, 20.0, 30.0]])
    >>> mask = np.array([[True, True, False], [False, False, False]])
    >>> np.asarray(masked_max(x, mask)).tolist()
    [-1.0, 0.0]
    """
    return _extremum(ops.max, -1, x, mask, axis, keepdims)


def masked_min(x: Any, mask: Any, axis: Axis = 1, keepdims: bool = False) -> Any:
    """Smallest kept entry along `axis`; 0 where nothing is kept.

    Arguments and errors as in `masked_max`.

    >>> import numpy as np
    >>> x = np.array([[1.0, 2.0, -40.0], [10.0, 20.0, 30.0]])
    >>> mask = np.array([[True, True, False], [False, False, False]])
    >>> np.asarray(masked_min(x, mask)).tolist()
    [1.0, 0.0]
    """
    return _extremum(ops.min, 1, x, mask, axis, keepdims)


def _extremum(reduce: Any, sign: int, x: Any, mask: Any, axis: Axis, keepdims: bool) -> Any:
    x, mask, axes = align(x, mask, axis)
    if any(x.shape[a] == 0 for a in axes):
        return masked_sum(x, mask, axes, keepdims)  # zeros: backends refuse the maximum of nothing
    filled = ops.where(mask, x, ops.full_like(x, _farthest(x, sign)))
    found = reduce(filled, axis=axes, keepdims=keepdims)
    return ops.where(ops.any(mask, axis=axes, keepdims=keepdims), found, ops.zeros_like(found))


def _farthest(x: Any, sign: int) -> Any:
    """What no entry of `x` lies beyond: infinity, or the type's own limit for integers."""
    dtype = keras.backend.standardize_dtype(x.dtype)
    if "float" in dtype:
        return sign * float("inf")
    limits = np.iinfo(dtype)
    return int(limits.min if sign < 0 else limits.max)
