"""Two masks side by side, some queries at a time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from maskplay.masks.comparison import Comparison

if TYPE_CHECKING:
    from maskplay.masks.attention_mask import AttentionMask

_BLOCK = 2**22  # pairs that are looked at at once


def comparable(mine: "AttentionMask", theirs: "AttentionMask") -> bool:
    """Whether two masks are for the same lengths and batch, one row standing for all."""
    lengths = mine.shape[1:] == theirs.shape[1:]
    return lengths and len({mine.batch, theirs.batch} - {1}) <= 1


def compared(mine: "AttentionMask", theirs: "AttentionMask", only_first: bool = False) -> Comparison:
    """Compare two masks that fit; `only_first` stops where they first differ."""
    count = 0
    pairs: list[tuple[int, int, int, bool]] = []
    for start, one, other in _blocks(mine, theirs):
        different = one != other
        count += int(np.count_nonzero(different))
        places = np.argwhere(different)[: Comparison.SHOWN - len(pairs)].tolist()
        pairs += [(row, start + query, key, bool(one[row, query, key])) for row, query, key in places]
        if count and only_first:
            break
    return Comparison(count, tuple(pairs))


def _blocks(mine: "AttentionMask", theirs: "AttentionMask") -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Give the first query of a block, and the block of both matrices."""
    batch = max(mine.batch or 1, theirs.batch or 1)
    queries, keys = mine.query_length or 1, mine.key_length or 1
    count = max(1, _BLOCK // (batch * keys))
    for start in range(0, queries, count):
        shape = (batch, min(count, queries - start), keys)
        one, other = (mask.queries(start, shape[1]).numpy() for mask in (mine, theirs))
        yield start, np.broadcast_to(one, shape), np.broadcast_to(other, shape)
