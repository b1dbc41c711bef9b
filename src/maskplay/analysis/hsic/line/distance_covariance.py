"""Distance covariance of two columns, exactly, for millions of samples."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import same_length
from maskplay.analysis.hsic._types import Floats, Ints
from maskplay.analysis.hsic.line._dominance import Halves, PairSum, prefixes
from maskplay.analysis.hsic.line.laplace_hsic import line_samples, ranks_between
from maskplay.analysis.hsic.line.result import LineDependence, Side, line_dependence


def distance_covariance(x: Any, y: Any) -> LineDependence:
    """Squared distance covariance of two columns: exact, in O(n log n) time and O(n) memory, with a p-value.

    It is HSIC with the kernel "distance", and needs no width: `biased` is Székely's V-statistic, `unbiased` the
    U-statistic, the square root of `cka` the distance correlation. All sums are float64, where implementations with
    integers of 64 bits overflow near 55,000 samples.

    Args:
        x: `(n,)` or `(n, 1)`.
        y: `(n,)` or `(n, 1)`.

    Raises:
        ValueError: More than one column, or as in `hsic`.

    >>> found = distance_covariance([0.0, 1.0, 2.0, 4.0], [1.0, 0.0, 1.0, 5.0])
    >>> round(found.biased, 6), round(found.cka**0.5, 6)
    (1.546875, 0.909418)
    """
    columns = [line_samples(one, name) for one, name in ((x, "x"), (y, "y"))]
    same_length(len(columns[0]), len(columns[1]))
    columns = [column - np.median(column) for column in columns]
    orders = [np.argsort(column) for column in columns]
    sides = [_side(column, order) for column, order in zip(columns, orders, strict=True)]
    rank = ranks_between(orders[0], orders[1])
    along = [column.take(orders[0]) for column in columns]
    product = PairSum(_cross, _direct)(rank, along)
    return line_dependence(2 * product, sides[0], sides[1])


def _side(column: Floats, order: Ints) -> Side:
    """Of minus the distances."""
    n, ascending = len(column), column.take(order)
    below = np.cumsum(ascending) - ascending
    index = np.arange(n)
    rows = np.empty(n)
    rows[order] = (
        ascending * index - below + (ascending.sum() - below - ascending) - ascending * (n - 1 - index)
    )
    square = 2 * n * float(np.vdot(column, column)) - 2 * float(column.sum()) ** 2
    return Side(-rows, 0.0, square, 0.0)


def _cross(halves: Halves) -> float:
    """Sum of (x_j - x_i)|y_j - y_i|: with a plus over the left points below, and a minus over the others."""
    (x, y), (x_right, y_right) = halves.left, halves.right
    sums = []
    for one in (np.ones_like(x), x, y, x * y):
        found = prefixes(one)
        totals = found.reshape(len(one), -1)[:, -1:]
        sums.append(2 * found.take(halves.below_right) - totals)
    terms = x_right * y_right * sums[0] - y_right * sums[1] - x_right * sums[2] + sums[3]
    return float(terms.sum())


def _direct(values: Sequence[Floats]) -> float:
    x, y = values
    total = 0.0
    for apart in range(1, len(x)):
        total += float((np.abs(x[apart:] - x[:-apart]) * (y[apart:] - y[:-apart])).sum())
    return total
