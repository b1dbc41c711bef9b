"""Sums over all pairs of points of products of exponentials, by sixteenths.

Points are numbered by x, and each block of numbers is cut into 16 columns; its points stand in the order of y, and
every 16 neighbours in it are a row. Pairs in different rows and different columns meet as cells: sums of the cells
below and to the left are cumulative sums of a small table. Pairs of the same row are compared directly. Pairs of the
same column are the next block, 16 times smaller.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from maskplay.analysis.hsic._cores import cores
from maskplay.analysis.hsic._types import Array, Floats, Ints

_WAYS = 16
_ROW = 16
_ROWS = 512
_TOGETHER = 1 << 14
"""Points that are taken down together, so that they stay in the processor's cache."""


def exponential_pairs(rank: Ints, rise: Floats, fall: Floats) -> float:
    """Sum over all pairs i < j (by x) of exp(-(x_j - x_i) - |y_j - y_i|).

    Args:
        rank: `(n,)`: for each point, in the order of y, its place in the order of x.
        rise: exp(x + y), `(n,)` in the order of x; neither it nor its inverse may overflow.
        fall: exp(x - y), likewise.
    """
    size, ways = _plan(len(rank))
    # What is known of a point lies together: points are moved about often.
    by_x = np.stack([rise, 1 / rise, fall, 1 / fall], axis=1)
    values = np.zeros((size, 4))
    by_x.take(rank, axis=0, out=values[: len(rank)], mode="clip")
    ranks: Array = np.concatenate([rank, np.arange(len(rank), size)]).astype(np.int32)
    total = 0.0
    while ways and size > _TOGETHER:
        found, ranks, values = _level(ranks, values, size, ways[0])
        total += found
        size //= ways.pop(0)

    def down(start: int) -> float:
        part = slice(start, start + together)
        own, mine, found, block = ranks[part] - np.int32(start), values[part], 0.0, size
        for count in ways:
            step, own, mine = _level(own, mine, block, count)
            found += step
            block //= count
        return found + _direct(mine.reshape(-1, block, 4), None)

    together = max(_TOGETHER // size, 1) * size
    starts = range(0, len(ranks), together)
    if len(starts) == 1:
        return total + down(0)
    with ThreadPoolExecutor(cores()) as pool:
        return total + sum(pool.map(down, starts))


def _plan(n: int) -> tuple[int, list[int]]:
    """The smallest size that can be cut, and into how many columns at each level; 16 points or fewer are left."""
    if n <= _ROW:
        return n, []
    plans = []
    for depth in range(1, 16):
        for first in (2, 4, 8, 16):
            below = first * _WAYS ** (depth - 1)
            last = -(-n // below)
            if last <= _ROW:
                plans.append((last * below, [first, *[_WAYS] * (depth - 1)]))
    return min((plan for plan in plans if _divides(*plan)), key=lambda plan: (plan[0], len(plan[1])))


def _divides(size: int, ways: list[int]) -> bool:
    """Whether the blocks of all levels are whole rows."""
    for count in ways:
        if size % _ROW or size % count:
            return False
        size //= count
    return True


def _level(ranks: Array, values: Floats, size: int, ways: int) -> tuple[float, Array, Floats]:
    """Sum over the pairs of different columns of each block; then put the columns one behind the other."""
    blocks, rows = len(ranks) // size, size // _ROW
    column = ranks // np.int32(size // ways)
    column.reshape(blocks, size)[...] -= (ways * np.arange(blocks, dtype=np.int32))[:, None]
    cell = np.repeat(np.arange(blocks * rows) * ways, _ROW) + column
    cells: list[Floats] = [
        np.asarray(np.bincount(cell, one, blocks * rows * ways), np.float64).reshape(blocks, rows, ways)
        for one in values.T
    ]
    total = _cells(*cells) + _direct(values.reshape(-1, _ROW, 4), column.astype(np.uint8).reshape(-1, _ROW))
    order = column.astype(np.uint8).reshape(blocks, size).argsort(axis=1, kind="stable")
    order += (size * np.arange(blocks))[:, None]
    flat = order.ravel()
    return total, ranks.take(flat), values.take(flat, axis=0)


def _cells(rise: Floats, rise_inverse: Floats, fall: Floats, fall_inverse: Floats) -> float:
    """Pairs in different rows and columns, `(blocks, rows, ways)`: left ones below, then left ones above."""
    # Cumulative sums along both axes, and no product of matrices: BLAS would spread it over cores that are busy.
    below = np.cumsum(np.cumsum(rise, axis=1)[:, :-1], axis=2)[:, :, :-1]
    below_right = np.cumsum(np.cumsum(fall_inverse[:, :, ::-1], axis=1)[:, :-1], axis=2)[:, :, -2::-1]
    rising = np.einsum("brw,brw->", below, rise_inverse[:, 1:, 1:])
    return float(rising + np.einsum("brw,brw->", below_right, fall[:, 1:, :-1]))


def _direct(values: Floats, column: Array | None) -> float:
    """All pairs within each row `(rows, points, 4)` of points in the order of y; only those of different columns."""
    total = 0.0
    for start in range(0, len(values), _ROWS):
        part = slice(start, start + _ROWS)
        total += _few(values[part], None if column is None else column[part])
    return total


def _few(values: Floats, column: Array | None) -> float:
    # Points first: what is multiplied lies together, in long stretches.
    rise, rise_inverse, fall, fall_inverse = np.ascontiguousarray(values.transpose(2, 1, 0))
    own = None if column is None else np.ascontiguousarray(column.T)
    one, other, differs = np.empty((3, *rise.shape))
    total = 0.0
    for apart in range(1, len(rise)):
        a, b = one[:-apart], other[:-apart]
        # Which of the two is left is not asked: the exponential of the larger difference is the smaller one.
        np.multiply(rise[:-apart], rise_inverse[apart:], out=a)
        np.multiply(fall[apart:], fall_inverse[:-apart], out=b)
        np.minimum(a, b, out=a)
        if own is None:
            total += float(a.sum())
        else:
            differs[:-apart] = own[apart:] != own[:-apart]
            total += float(np.einsum("pr,pr->", a, differs[:-apart]))
    return total
