"""Keys that are no tokens."""

from typing import Any

import numpy as np

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import booleans, checked_length, namespace
from maskplay.masks.makers.prefix import lengths_of
from maskplay.masks.terms import Ranks
from maskplay.masks.terms.line import frozen


def padding(padding_mask: Any, query_length: int | None = None) -> AttentionMask:
    """Make the mask under which no query sees padding.

    It speaks of keys alone: what stands at padding still sees the tokens, and nobody sees what becomes of it. To have
    zeros there, `padding(mask) & padding(mask).T`. Kept keys have rank 0, the others 1; all queries have rank 0.

    Args:
        padding_mask: boolean, `(batch, key_length)` or `(key_length,)`; True where there is a token.
        query_length: positions of the queries; default: as many.

    Raises:
        TypeError: It is not boolean.
        ValueError: It has another rank.

    >>> print(padding([True, True, False]).drawing())
    padding, 3 queries x 3 keys
       0 1 2
    0  ████·
    1  ████·
    2  ████·
    """
    kept = booleans(padding_mask, "padding_mask")
    keys = kept.shape[1]
    queries = keys if query_length is None else checked_length(query_length, "query_length")
    return AttentionMask(Ranks(0, _hidden(kept)), queries, keys, "padding")


def padding_from_lengths(lengths: Any, length: int, query_length: int | None = None) -> AttentionMask:
    """Make the mask of `padding` from the number of tokens, with which a row begins.

    Under a compiler this is the better one: that padding comes last is then known beforehand.

    Args:
        lengths: `(batch,)`, or one number for all; from 0 to `length`.
        length: positions of the keys.
        query_length: positions of the queries; default: as many.

    Raises:
        TypeError: They are not whole numbers.
        ValueError: There are fewer positions than one of them says.

    >>> padding_from_lengths([2], 3) == padding([True, True, False])
    True
    """
    keys = checked_length(length, "length")
    queries = keys if query_length is None else checked_length(query_length, "query_length")
    last = frozen(lengths_of(lengths, "lengths", keys) - 1)
    text = f"padding({lengths})" if isinstance(lengths, int) else "padding"
    return AttentionMask(Ranks(last, range(keys)), queries, keys, text)


def _hidden(kept: Any) -> Any:
    """Give 0 where a key is kept, 1 where it is not."""
    xp = namespace(kept)
    return frozen(xp.where(kept, np.int32(0), np.int32(1)))
