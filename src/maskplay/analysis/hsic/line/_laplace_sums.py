"""Sums of one-dimensional Laplace kernels, exactly and without overflow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maskplay.analysis.hsic._types import Floats, Ints
from maskplay.analysis.hsic.line._dominance import Halves, PairSum, prefixes

_SAFE = 700.0
"""The exponential of the widest difference that does not overflow, nearly. Wider data go by logarithms."""


@dataclass(frozen=True)
class RowSums:
    """Sums of the matrix of exp(-|x_i - x_j|), for sorted numbers.

    Attributes:
        rows: of each row, the diagonal included `(n,)`.
        square: of the squares of all entries.
        cube: trace of the third power of the centred matrix.
    """

    rows: Floats
    square: float
    cube: float


def row_sums(sorted_x: Floats) -> RowSums:
    """Sum by scans, in O(n).

    The square of the kernel is one of half the width. And of three sorted points the three similarities multiply to
    the square of that of the outer two, which is the product of the squares of both with the middle one.
    """
    n = len(sorted_x)
    x = sorted_x - (sorted_x[0] + sorted_x[-1]) / 2
    narrow = 2 * (x[-1] - x[0]) <= _SAFE
    scan: _Scan | _WideScan = (_Scan if narrow else _WideScan)(x)
    rows = scan.upto()
    rows += scan.behind()
    rows -= 1.0
    through = float(rows @ scan.upto(rows))  # half of rowsᵀ K rows, and half of its diagonal
    # Through a middle point the similarity squared is a product, so outer points are summed apart.
    scan = (_Scan if narrow else _WideScan)(2 * x)
    before, behind = scan.upto(), scan.behind()
    before -= 1.0
    behind -= 1.0
    pairs, inside = float(before.sum()), float(before @ behind)
    total, square = float(rows.sum()), float(rows @ rows)
    cube = n + 6 * pairs + 6 * inside - 3 * (2 * through - square) / n
    cube += 3 * square * total / n**2 - (total / n) ** 3
    return RowSums(rows, 2 * pairs + n, cube)


class _Scan:
    """Decayed sums of positive weights along ascending numbers."""

    def __init__(self, x: Floats) -> None:
        self._up = np.exp(x)
        self._down = 1 / self._up

    def upto(self, weights: Floats | None = None) -> Floats:
        """Sums over i <= k of weights_i exp(-(x_k - x_i)); weights of 1 where there are none."""
        result = np.cumsum(self._up if weights is None else weights * self._up)
        result *= self._down
        return result

    def behind(self) -> Floats:
        """Sums over i >= k of exp(-(x_i - x_k))."""
        result: Floats = np.cumsum(self._down[::-1])[::-1]
        result *= self._up
        return result


class _WideScan:
    """The same by logarithms, for numbers so far apart that exponentials overflow."""

    def __init__(self, x: Floats) -> None:
        self._x = x

    def upto(self, weights: Floats | None = None) -> Floats:
        """Sums over i <= k of weights_i exp(-(x_k - x_i)); weights of 1 where there are none."""
        logarithms = self._x if weights is None else np.log(weights) + self._x
        return np.asarray(np.exp(np.logaddexp.accumulate(logarithms) - self._x))

    def behind(self) -> Floats:
        """Sums over i >= k of exp(-(x_i - x_k))."""
        return np.asarray(np.exp(np.logaddexp.accumulate(-self._x[::-1])[::-1] + self._x))


def product_sum(sorted_x: Floats, y: Floats, rank: Ints) -> float:
    """Sum over all pairs i < j of exp(-|x_i - x_j| - |y_i - y_j|).

    Every term is at most 1 and all are positive: nothing overflows and nothing cancels. Points below and to the left of
    another meet it in exp(x + y), those above and to the left in exp(x - y).

    Args:
        sorted_x: `(n,)`, ascending.
        y: `(n,)`, in the order of x.
        rank: `(n,)`, the order of y: places in the order of x.
    """
    x = sorted_x - (sorted_x[0] + sorted_x[-1]) / 2
    y = y - (y[rank[0]] + y[rank[-1]]) / 2
    exponents = [x + y, x - y]
    if x[-1] - x[0] + y[rank[-1]] - y[rank[0]] > _SAFE:
        return PairSum(_cross_wide, _direct_wide)(rank, exponents)
    return PairSum(_cross, _direct)(rank, [np.exp(one, out=one) for one in exponents])


def _cross(halves: Halves) -> float:
    (rise, fall), (rise_right, fall_right) = halves.left, halves.right
    rising = prefixes(rise).take(halves.below_right, mode="clip")
    rising /= rise_right
    falling = prefixes(1 / fall_right).take(halves.below_left, mode="clip")
    falling *= fall
    return float(rising.sum() + falling.sum())


def _direct(values: Sequence[Floats]) -> float:
    rise, fall = values
    rise_inverse, fall_inverse = 1 / rise, 1 / fall
    buffers, total = np.empty((2, *rise.shape)), 0.0
    for apart in range(1, len(rise)):
        one, other = buffers[0, :-apart], buffers[1, :-apart]
        # Which of the two is left is not asked: the exponential of the larger difference is the smaller one.
        np.multiply(rise[:-apart], rise_inverse[apart:], out=one)
        np.multiply(fall[apart:], fall_inverse[:-apart], out=other)
        total += float(np.minimum(one, other, out=one).sum())
    return total


def _cross_wide(halves: Halves) -> float:
    (rise, fall), (rise_right, fall_right) = halves.left, halves.right
    rising = prefixes(rise, np.logaddexp, -np.inf).take(halves.below_right) - rise_right
    falling = prefixes(-fall_right, np.logaddexp, -np.inf).take(halves.below_left) + fall
    return float(np.exp(rising).sum() + np.exp(falling).sum())


def _direct_wide(values: Sequence[Floats]) -> float:
    rise, fall = values
    total = 0.0
    for apart in range(1, len(rise)):
        rising, falling = rise[:-apart] - rise[apart:], fall[apart:] - fall[:-apart]
        total += float(np.exp(np.minimum(rising, falling)).sum())
    return total
