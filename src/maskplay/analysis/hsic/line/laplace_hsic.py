"""HSIC of two columns with Laplace kernels, exactly, for millions of samples."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from maskplay.analysis.hsic._cores import cores
from maskplay.analysis.hsic._samples import as_numbers, same_length
from maskplay.analysis.hsic._types import Floats, Ints
from maskplay.analysis.hsic.kernels.laplace import Laplace
from maskplay.analysis.hsic.kernels.median_distance import median_distance
from maskplay.analysis.hsic.line._laplace_sums import product_sum, row_sums
from maskplay.analysis.hsic.line.result import LineDependence, Side, line_dependence


def laplace_hsic(x: Any, y: Any, width: float | None = None, width_y: float | None = None) -> LineDependence:
    """HSIC of two columns with Laplace kernels: exact, in O(n log n) time and O(n) memory, with a p-value.

    All pairs of n samples are n² terms; sorted by both columns they are sums of cumulative sums. Equal to `hsic` with
    the kernel "laplace" but for rounding. Samples that are very wide for the kernel (more than 700 widths) take some
    times longer, by way of logarithms.

    Args:
        x: `(n,)` or `(n, 1)`.
        y: `(n,)` or `(n, 1)`.
        width: Of the kernel of `x`; None is the median distance of its samples (of 1,000 of them).
        width_y: The same for `y`.

    Raises:
        ValueError: More than one column, or as in `hsic`.

    >>> import numpy as np
    >>> x, noise = np.random.default_rng(0).standard_normal((2, 100_000))
    >>> found = laplace_hsic(x, np.abs(x) + 20 * noise)
    >>> found.p_value < 0.001, laplace_hsic(x, noise).p_value > 0.05
    (True, True)
    """
    columns = [line_samples(one, name) for one, name in ((x, "x"), (y, "y"))]
    same_length(len(columns[0]), len(columns[1]))
    with ThreadPoolExecutor(min(cores(), 2)) as pool:
        found = list(pool.map(_sorted, columns, (width, width_y)))
    (_, ascending, order, side), (y, _, order_y, side_y) = found
    product = product_sum(ascending, y.take(order, mode="clip"), ranks_between(order, order_y))
    return line_dependence(2 * product, side, side_y)


def _sorted(column: Floats, width: float | None) -> tuple[Floats, Floats, Ints, Side]:
    """A column in units of its width, the same sorted, its order, and the sums of its own matrix."""
    chosen = Laplace(width).width or median_distance(column)
    order = np.argsort(column)
    column = (column - column[order[len(column) // 2]]) / chosen
    ascending = column.take(order, mode="clip")
    rows = np.empty(len(column))
    sums = row_sums(ascending)
    rows[order] = sums.rows - 1.0
    return column, ascending, order, Side(rows, 1.0, sums.square, chosen, sums.cube)


def line_samples(x: Any, name: str) -> Floats:
    """A single column `(n,)`.

    Raises:
        ValueError: if there are more columns, or fewer than two samples.
    """
    numbers = as_numbers(x, name)
    if numbers.shape[1] != 1 or len(numbers) < 2:
        raise ValueError(
            f"{name} must be one column of two samples or more; for several columns see `sliced_hsic`. "
            f"Received: shape {numbers.shape}"
        )
    return numbers[:, 0]


def ranks_between(order_x: Ints, order_y: Ints) -> Ints:
    """For each sample, in the order of y, its place in the order of x."""
    place = np.empty(len(order_x), np.intp)
    place[order_x] = np.arange(len(order_x))
    return place.take(order_y, mode="clip")
