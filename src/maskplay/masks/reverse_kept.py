"""Reversal of what a mask keeps."""

from typing import Any

from keras import ops

from maskplay.masks._align import align


def reverse_kept(x: Any, mask: Any, axis: int = 1) -> Any:
    """Reverse the kept entries along `axis` among themselves; all others stay where they are.

    It is what a backward recurrent network needs: it meets the last token first, not the padding. The kept
    entries may be a prefix (right padding) or lie anywhere; doing it twice gives `x` again.

    Args:
        x: Tensor of any rank, typically `(batch, length, dim)`.
        mask: Boolean, True = keep, typically `(batch, length)`; its axes are the first axes of `x`, each as
            long as that of `x` or 1. None keeps everything.
        axis: The axis to reverse; the mask must reach it.

    Returns:
        Tensor of the shape and type of `x`.

    Raises:
        TypeError: The mask is not boolean.
        ValueError: The axis is out of range, or the mask does not fit.

    >>> import numpy as np
    >>> x = np.array([[1, 2, 3, 0, 0], [1, 0, 2, 0, 3]])
    >>> np.asarray(reverse_kept(x, x != 0)).tolist()
    [[3, 2, 1, 0, 0], [3, 0, 2, 0, 1]]
    """
    if not isinstance(axis, int):
        raise TypeError(f"axis must be one integer. Received: axis={axis}")
    x, mask, (axis,) = align(x, mask, axis)
    if x.shape[axis] == 0:
        return x
    return ops.take_along_axis(x, _source(mask, axis), axis=axis)


def _source(mask: Any, axis: int) -> Any:
    """For every position, the one whose entry it receives."""
    kept = ops.cast(mask, "int32")
    here = ops.cumsum(ops.ones_like(kept), axis=axis) - 1
    length = ops.max(here, axis=axis, keepdims=True) + 1
    # Kept positions first, in their order. The keys differ, so that the sort need not be stable.
    order = ops.argsort(ops.where(mask, here, here + length), axis=axis)
    rank = ops.cumsum(kept, axis=axis) - 1
    mirrored = ops.sum(kept, axis=axis, keepdims=True) - 1 - rank
    partner = ops.take_along_axis(order, ops.where(mask, mirrored, ops.zeros_like(here)), axis=axis)
    return ops.where(mask, ops.cast(partner, "int32"), here)
