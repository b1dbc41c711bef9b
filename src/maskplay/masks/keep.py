"""Zero for what a mask does not keep."""

from typing import Any

from keras import ops

from maskplay.masks._align import align


def keep(x: Any, mask: Any) -> Any:
    """`x` where the mask keeps it, 0 elsewhere.

    Args:
        x: Tensor of any rank, typically `(batch, length, dim)`.
        mask: Boolean, True = keep, typically `(batch, length)`; its axes are the first axes of `x`, each as
            long as that of `x` or 1. None keeps everything. What is not kept may hold anything, NaN included.

    Returns:
        Tensor of the shape and type of `x`.

    Raises:
        TypeError: The mask is not boolean.
        ValueError: The mask does not fit.

    >>> import numpy as np
    >>> np.asarray(keep(np.array([[1, 2, 3]]), np.array([[True, False, True]]))).tolist()
    [[1, 0, 3]]
    """
    if mask is None:
        return x
    x, mask, _ = align(x, mask, axis=0)
    # A choice, not a product: 0 times NaN is NaN, and so is its gradient.
    return ops.where(mask, x, ops.zeros_like(x))
