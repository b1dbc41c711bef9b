"""Padding masks, from ids or from lengths."""

from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay._number import checked_number


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
        length: Number of positions, 0 or more.

    Returns:
        Boolean tensor of one axis more than `lengths`, typically `(batch, length)`, True = keep.

    Raises:
        TypeError: `lengths`, or `length`, are not whole numbers.
        ValueError: `length` is below 0.

    >>> import numpy as np
    >>> np.asarray(padding_mask_from_lengths(np.array([2, 0]), length=3)).tolist()
    [[True, True, False], [False, False, False]]
    """
    length = checked_number("length", length, int, 0)
    if not hasattr(lengths, "dtype"):
        lengths = np.asarray(lengths)
    dtype = keras.backend.standardize_dtype(lengths.dtype)
    if "bool" in dtype:
        raise TypeError(
            "lengths must be numbers of positions. Received: booleans. A mask is masks.padding(mask)."
        )
    if "int" not in dtype:
        raise TypeError(f"lengths must be whole numbers. Received: {dtype}")
    return ops.greater(ops.expand_dims(ops.cast(lengths, "int32"), -1), ops.arange(length, dtype="int32"))
