"""A text with blanks, filled one after the other (GLM)."""

from typing import Any

import numpy as np
from keras import ops

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import whole_numbers
from maskplay.masks.terms import Ranks
from maskplay.masks.terms.line import frozen


def blank_filling(blanks: Any) -> AttentionMask:
    """Make the mask of filling blanks: the text sees the text, a blank the text and what is filled before (GLM).

    The text has rank 0; what fills blanks has ranks 1, 2, 3, … in the order in which it is filled: blank by blank in
    the order of their numbers, within a blank from left to right. The blanks may stand in the text or behind it.

    Args:
        blanks: whole numbers, `(batch, length)` or `(length,)`; 0 for text, else the number of the blank that the
            position belongs to.

    Raises:
        TypeError: They are not whole numbers.
        ValueError: They have another rank, or negative numbers.

    >>> print(blank_filling([0, 2, 0, 1, 1]).drawing())
    blank filling, 5 queries x 5 keys
       0 1 2 3 4
    0  ██· ██· ·
    1  ██████████
    2  ██· ██· ·
    3  ██· ████·
    4  ██· ██████
    """
    blanks = whole_numbers(blanks, "blanks")
    if isinstance(blanks, np.ndarray):
        if (blanks < 0).any():
            raise ValueError(f"blanks must be 0 (text) or positive. Received: {blanks.min()}")
        turn = np.argsort(np.argsort(blanks, axis=1, kind="stable"), axis=1).astype("int32")
        rank = frozen(np.where(blanks == 0, 0, turn + 1).astype("int32"))
    else:
        # Positions sorted by blank, and where each comes in that order. Keras sorts stably on every backend.
        turn = ops.cast(ops.argsort(ops.argsort(blanks, axis=1), axis=1), "int32")
        rank = ops.where(ops.equal(blanks, 0), ops.zeros_like(turn), turn + 1)
    return AttentionMask(Ranks(rank, rank), blanks.shape[1], blanks.shape[1], "blank filling")
