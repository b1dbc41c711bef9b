"""Any order."""

from typing import Any

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import whole_numbers
from maskplay.masks.terms import Ranks
from maskplay.masks.terms.line import frozen


def ranked(ranks: Any, see_equals: bool = True) -> AttentionMask:
    """Make the mask under which a query sees the keys whose rank is at most its own.

    Causal, prefix, permutation, blank filling and padding are this, with ranks of their own; with
    `& packed(segments)` it is what they all rest on.

    Args:
        ranks: whole numbers, `(batch, length)` or `(length,)`.
        see_equals: whether positions of equal rank see each other, and themselves.

    Raises:
        TypeError: They are not whole numbers.
        ValueError: They have another rank.

    >>> from maskplay.masks import prefix
    >>> ranked([0, 0, 1, 2]) == prefix([0, 0, 1, 1])
    True
    """
    if not isinstance(see_equals, bool):
        raise TypeError(f"see_equals must be True or False. Received: {see_equals!r}")
    rank = whole_numbers(ranks, "ranks")
    length = rank.shape[1]
    return AttentionMask(Ranks(rank if see_equals else frozen(rank - 1), rank), length, length, "ranked")
