"""Everybody sees everybody."""

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import checked_length
from maskplay.masks.terms import EVERYTHING


def bidirectional(length: int, key_length: int | None = None) -> AttentionMask:
    """Make the mask under which every query sees every key; `~bidirectional(n)` sees nothing.

    Args:
        length: positions of the queries.
        key_length: positions of the keys; default: as many.

    >>> print(bidirectional(2, 3).drawing())
    bidirectional, 2 queries x 3 keys
       0 1 2
    0  ██████
    1  ██████
    """
    queries = checked_length(length, "length")
    keys = queries if key_length is None else checked_length(key_length, "key_length")
    return AttentionMask(EVERYTHING, queries, keys, "bidirectional")
