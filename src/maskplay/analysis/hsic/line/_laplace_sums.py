"""Sums of one-dimensional Laplace kernels, exactly and without overflow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from maskplay.analysis.hsic._types import Floats, Ints
from maskplay.analysis.hsic.line._dominance import Halves, prefixes, sum_over_pairs
from maskplay.analysis.hsic.line._grid import exponential_pairs

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
    scan = _Scan(x) if 2 * (x[-1] - x[0]) <= _SAFE else _WideScan(x)
    one = np.ones(n)
    rows = scan.both(one)
    # Over i <= k: the similarity squared. Through a middle point it is a product, so outer points are summed apart.
    before, behind = scan.squared(one) - 1.0, scan.squared_behind(one) - 1.0
    pairs, inside = float(before.sum()), float(before @ behind)
    third = n + 6 * pairs + 6 * inside
    again, total = scan.both(rows), float(rows.sum())
    cube = third - 3 * float(rows @ again) / n + 3 * float(rows @ rows) * total / n**2 - (total / n) ** 3
    return RowSums(rows, 2 * pairs + n, cube)


class _Scan:
    """Decayed sums of positive weights along ascending numbers."""

    def __init__(self, x: Floats) -> None:
        self._up = np.exp(x)
        self._down = 1 / self._up

    def both(self, weights: Floats) -> Floats:
        """Sums over all i of weights_i exp(-|x_i - x_k|)."""
        result = np.cumsum(weights * self._up)
        result *= self._down
        result += np.cumsum((weights * self._down)[::-1])[::-1] * self._up
        return np.asarray(result - weights)

    def squared(self, weights: Floats) -> Floats:
        """Sums over i <= k of weights_i exp(-2(x_k - x_i))."""
        result = np.cumsum(weights * self._up * self._up)
        result *= self._down
        result *= self._down
        return np.asarray(result)

    def squared_behind(self, weights: Floats) -> Floats:
        """Sums over i >= k of weights_i exp(-2(x_i - x_k))."""
        result = np.cumsum((weights * self._down * self._down)[::-1])[::-1]
        result *= self._up
        result *= self._up
        return np.asarray(result)


class _WideScan:
    """The same by logarithms, for numbers so far apart that exponentials overflow."""

    def __init__(self, x: Floats) -> None:
        self._x = x

    def both(self, weights: Floats) -> Floats:
        """Sums over all i of weights_i exp(-|x_i - x_k|)."""
        logarithms = np.log(weights)
        before = np.exp(np.logaddexp.accumulate(logarithms + self._x) - self._x)
        behind = np.exp(np.logaddexp.accumulate((logarithms - self._x)[::-1])[::-1] + self._x)
        return np.asarray(before + behind - weights)

    def squared(self, weights: Floats) -> Floats:
        """Sums over i <= k of weights_i exp(-2(x_k - x_i))."""
        doubled = 2 * self._x
        return np.asarray(np.exp(np.logaddexp.accumulate(np.log(weights) + doubled) - doubled))

    def squared_behind(self, weights: Floats) -> Floats:
        """Sums over i >= k of weights_i exp(-2(x_i - x_k))."""
        doubled = 2 * self._x
        return np.asarray(np.exp(np.logaddexp.accumulate((np.log(weights) - doubled)[::-1])[::-1] + doubled))


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
    if x[-1] - x[0] + y[rank[-1]] - y[rank[0]] <= _SAFE:
        right, up = np.exp(x), np.exp(y)
        return exponential_pairs(rank, right * up, right / up)
    exponents = (x + y, -x - y, x - y, y - x)
    # Filling up with zeros must add nothing: a shift by one tells what is no point.
    real = np.ones(len(x))
    return sum_over_pairs(rank, [*exponents, real], _cross_wide, _direct_wide)


def _masked(values: Sequence[Floats]) -> list[Floats]:
    *exponents, real = values
    return [np.where(real > 0, one, -np.inf) for one in exponents]


def _cross_wide(halves: Halves) -> float:
    rise, _, fall, _ = _masked(halves.left)
    _, rise_inverse, _, fall_inverse = _masked(halves.right)
    add: Callable[[Floats], Floats] = lambda one: prefixes(one, np.logaddexp, -np.inf)  # noqa: E731
    rising = np.exp(add(rise).take(halves.below_right) + rise_inverse).sum()
    falling = np.exp(add(fall_inverse).take(halves.below_left) + fall).sum()
    return float(rising + falling)


def _direct_wide(values: Sequence[Floats]) -> float:
    rise, rise_inverse, fall, fall_inverse = _masked(values)
    total = 0.0
    for apart in range(1, rise.shape[1]):
        rising = rise[:, :-apart] + rise_inverse[:, apart:]
        total += float(np.exp(np.minimum(rising, fall[:, :-apart] + fall_inverse[:, apart:])).sum())
    return total
