"""Sums of one-dimensional Laplace kernels, exactly and without overflow."""

from collections.abc import Callable, Sequence

import numpy as np

from maskplay.analysis.hsic._types import Floats, Ints
from maskplay.analysis.hsic.line._dominance import Halves, prefixes, sum_over_pairs
from maskplay.analysis.hsic.line._grid import exponential_pairs

_SAFE = 700.0
"""The exponential of the widest difference that does not overflow, nearly. Wider data go by logarithms."""


def row_sums(sorted_x: Floats) -> tuple[Floats, float]:
    """Sums over j of exp(-|x_i - x_j|) for sorted numbers, `(n,)`, the own one included; by two scans.

    And the sum of exp(-2|x_i - x_j|) over all pairs: the square of a Laplace kernel is one of half the width.
    """
    x = sorted_x - (sorted_x[0] + sorted_x[-1]) / 2
    if 2 * (x[-1] - x[0]) <= _SAFE:
        up = np.exp(x)
        down = 1 / up
        rows = np.cumsum(up) * down + np.cumsum(down[::-1])[::-1] * up - 1.0
        return np.asarray(rows), 2 * float(np.vdot(np.cumsum(up * up), down * down)) - len(x)
    before = np.exp(np.logaddexp.accumulate(x) - x)
    after = np.exp(np.logaddexp.accumulate(-x[::-1])[::-1] + x)
    squares = np.exp(np.logaddexp.accumulate(2 * x) - 2 * x)
    return np.asarray(before + after - 1.0), 2 * float(squares.sum()) - len(x)


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
