"""Padding masks, from ids or from lengths."""

from typing import Any

from keras import ops


def padding_mask_from_ids(ids: Any, pad: int = 0) -> Any:
    """Where there is a token.

    Args:
        ids: Integers of any shape, typically `(batch, length)`.
        pad: The id that stands for padding.

    Returns:
        Boolean tensor of the shape of `ids`, True = keep.

    >>> import numpy as np
    >>> np.asarray(padding_mask_from_ids(np.array([[7, 8, 0], [9, 0, 0]]))).tolist()
    [[True, True, False], [True, False, False]]
    """
    return ops.not_equal(ids, pad)


def padding_mask_from_lengths(lengths: Any, length: int) -> Any:
    """The first `lengths[i]` of `length` positions.

    Args:
        lengths: Integers of any shape, typically `(batch,)`. Below 0 counts as 0, above `length` as `length`.
        length: Number of positions.

    Returns:
        Boolean tensor of one axis more than `lengths`, typically `(batch, length)`, True = keep.

    >>> import numpy as np
    >>> np.asarray(padding_mask_from_lengths(np.array([2, 0]), length=3)).tolist()
    [[True, True, False], [False, False, False]]
    """
    return ops.greater(ops.expand_dims(ops.cast(lengths, "int32"), -1), ops.arange(length, dtype="int32"))
