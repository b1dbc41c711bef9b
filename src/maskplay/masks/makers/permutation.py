"""A language model in any order."""

from typing import Any

import numpy as np

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import namespace, whole_numbers
from maskplay.masks.terms import Ranks
from maskplay.masks.terms.line import frozen


def permutation(order: Any, see_itself: bool = True) -> AttentionMask:
    """Make the mask of a language model that reads and writes in another order (Scientific Spaces 6933, XLNet).

    The rank of a position is its turn.

    Args:
        order: `(batch, length)` or `(length,)`; the position that comes first, the one that comes second, …
        see_itself: whether a position sees itself, as in XLNet's content stream. In its query stream it must not:
            then the first in order sees nothing, and attention gives it zeros.

    Raises:
        TypeError: They are not whole numbers.
        ValueError: They have another rank, or are no permutation of 0 … length - 1.

    >>> print(permutation([2, 0, 1]).drawing())
    permutation, 3 queries x 3 keys
       0 1 2
    0  ██· ██
    1  ██████
    2  · · ██
    """
    if not isinstance(see_itself, bool):
        raise TypeError(f"see_itself must be True or False. Received: {see_itself!r}")
    order = whole_numbers(order, "order")
    length = order.shape[1]
    if isinstance(order, np.ndarray) and (np.sort(order, axis=1) != np.arange(length)).any():
        raise ValueError(
            f"order must hold each position from 0 to {length - 1} once. Received: {order.tolist()}"
        )
    turn = namespace(order).argsort(order, axis=1)  # the inverse of a permutation
    turn = frozen(turn.astype("int32")) if isinstance(turn, np.ndarray) else turn
    return AttentionMask(Ranks(turn if see_itself else frozen(turn - 1), turn), length, length, "permutation")
