"""Sums over all pairs of points in the plane, in O(n log n), vectorised.

Points are numbered by x. A block of numbers is cut in halves; its points stay sorted by y, so for a point of one half
the points of the other half that lie below it are a prefix, and sums over prefixes are cumulative sums. Going down, a
stable partition keeps both halves sorted: one sort in the beginning is all. Blocks of some twenty points are compared
directly.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from maskplay.analysis.hsic._cores import cores
from maskplay.analysis.hsic._types import Array, Floats, Ints

_SMALLEST = 16
_CHUNK = 1 << 15
"""Points that are taken down together to the smallest blocks, so that they stay in the processor's cache."""


@dataclass(frozen=True)
class Halves:
    """Blocks cut in halves by x, each sorted by y.

    Attributes:
        left: values of the points with smaller x, one `(blocks, half)` for each kind of value.
        right: of those with larger x.
        below_right: for each right point, where in `prefixes` of left values the sum over those below it stands.
        below_left: for each left point, the same for right values.
    """

    left: Sequence[Floats]
    right: Sequence[Floats]
    below_right: Ints
    below_left: Ints


Cross = Callable[[Halves], float]
Direct = Callable[[Sequence[Floats]], float]


def prefixes(values: Floats, add: np.ufunc = np.add, empty: float = 0.0) -> Floats:
    """Sums over the first 0, 1, …, half values of each block, flat: what `Halves` points into."""
    sums = np.empty((values.shape[0], values.shape[1] + 1))
    sums[:, 0] = empty
    add.accumulate(values, axis=1, out=sums[:, 1:])
    return sums.ravel()


def sum_over_pairs(rank: Ints, values: Sequence[Floats], cross: Cross, direct: Direct) -> float:
    """Sum over all pairs of points.

    Args:
        rank: `(n,)`: for each point, in the order of y, its place in the order of x.
        values: what is known of each point, each `(n,)` in the order of x. What `cross` and `direct` make of zeros must
            be zero: blocks are filled up with them.
        cross: sums over all pairs of a left and a right point.
        direct: sums over all pairs within each row `(blocks, size)` of points in the order of x.
    """
    n = len(rank)
    levels = max((n // _SMALLEST).bit_length() - 1, 0)
    smallest = -(-n // (1 << levels))
    size = smallest << levels
    by_x = [np.concatenate([one, np.zeros(size - n)]) for one in values]
    total = 0.0
    ranks: Array = np.concatenate([rank, np.arange(n, size)]).astype(np.int32)
    by_y = [one[ranks] for one in by_x]
    while size > _CHUNK and levels:
        ranks, by_y, level_sum = _halve(ranks, by_y, size, 0, cross)
        total += level_sum
        size //= 2
        levels -= 1

    def below(start: int) -> float:
        part = slice(start, start + size)
        own, mine, found, block = ranks[part], [one[part] for one in by_y], 0.0, size
        for _ in range(levels):
            own, mine, level_sum = _halve(own, mine, block, start, cross)
            found += level_sum
            block //= 2
        return found + direct([one[part].reshape(-1, smallest) for one in by_x])

    starts = range(0, len(ranks), size)
    if len(starts) == 1:
        return total + below(0)
    with ThreadPoolExecutor(cores()) as pool:
        return total + float(sum(pool.map(below, starts)))


def _halve(
    ranks: Array, values: Sequence[Floats], size: int, start: int, cross: Cross
) -> tuple[Array, list[Floats], float]:
    """Cut all blocks of that size in halves, and sum over the pairs that are cut apart."""
    blocks, half = len(ranks) // size, size // 2
    borders = (start + half + size * np.arange(blocks)).astype(np.int32)
    right = (ranks.reshape(blocks, size) >= borders[:, None]).ravel()
    at_right = np.flatnonzero(right).reshape(blocks, half)
    at_left = np.flatnonzero(~right).reshape(blocks, half)
    order = np.concatenate([at_left, at_right], axis=1).ravel()
    moved = [one.take(order).reshape(blocks, 2, half) for one in values]
    # A point's place in its block, less those of its own half before it, is how many of the other half are below it;
    # prefixes have one entry more than a half has points.
    shift = np.arange(half) + ((half - 1) * np.arange(blocks))[:, None]
    halves = Halves(
        [one[:, 0] for one in moved], [one[:, 1] for one in moved], at_right - shift, at_left - shift
    )
    return ranks.take(order), [one.ravel() for one in moved], cross(halves)
