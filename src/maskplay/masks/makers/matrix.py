"""Any matrix."""

from typing import Any

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import booleans
from maskplay.masks.terms import Matrix


def matrix(pairs: Any) -> AttentionMask:
    """Make a mask of a boolean matrix.

    Args:
        pairs: boolean, `(query_length, key_length)` or `(batch, query_length, key_length)`; True where the query
            sees the key.

    Raises:
        TypeError: It is not boolean.
        ValueError: It has another rank.

    >>> print(matrix([[True, False], [False, True]]).drawing())
    matrix, 2 queries x 2 keys
       0 1
    0  ██·
    1  · ██
    """
    pairs = booleans(pairs, "pairs", axes=2)
    return AttentionMask(Matrix(pairs), pairs.shape[1], pairs.shape[2], "matrix")
