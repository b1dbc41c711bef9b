"""What two columns of numbers have to do with each other, in O(n log n)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.testing._moments import Invariants, gamma_tail, null_moments, null_skewness


@dataclass(frozen=True)
class Side:
    """One column's kernel matrix, by sums.

    Attributes:
        rows: sums of its rows without the diagonal `(n,)`, in the order in which the samples were given.
        own: the similarity of each sample with itself, the same for all.
        square: sum of the squares of all entries, the diagonal included.
        cube: trace of the third power of the centred matrix; NaN where it is not known.
        width: of the kernel; 0 where it has none.
    """

    rows: Floats
    own: float
    square: float
    width: float
    cube: float = float("nan")

    @cached_property
    def invariants(self) -> Invariants:
        """Of the centred matrix."""
        n, full = len(self.rows), self.rows + self.own
        means, mean = full / n, float(full.mean()) / len(full)
        diagonal = self.own - 2 * means + mean
        square = self.square - 2 * n * float(np.square(means - mean).sum()) - (n * mean) ** 2
        return Invariants(
            n, float(diagonal.sum()), max(square, 0.0), float(np.square(diagonal).sum()), self.cube
        )


@dataclass(frozen=True)
class LineDependence:
    """What two columns of numbers have to do with each other, by an exact O(n log n) statistic.

    Attributes:
        biased: the 1/n² estimate of HSIC.
        unbiased: the estimate without bias (NaN for fewer than 4 samples).
        cka: the biased estimate over the geometric mean of the columns' own.
        p_value: by the gamma distribution with the exact mean and variance over all n! orders, and for Laplace kernels
            the skewness of the limit for many samples.
        null_mean: of the biased estimate over all orders.
        null_deviation: likewise.
        widths: of the kernels (0 where they have none).
        samples: how many.
    """

    biased: float
    unbiased: float
    cka: float
    p_value: float
    null_mean: float
    null_deviation: float
    widths: tuple[float, float]
    samples: int


def line_dependence(product: float, x: Side, y: Side) -> LineDependence:
    """Put the sums together.

    Args:
        product: sum of the products of the two matrices' entries, without the diagonals.
        x: the first.
        y: the second.
    """
    n = len(x.rows)
    full = product + n * x.own * y.own
    mean_x, mean_y = float((x.rows + x.own).mean()) / n, float((y.rows + y.own).mean()) / n
    # Rows about their mean, and means about the product: the three terms of the formula are much larger than what is
    # left of them.
    common = float(np.vdot(x.rows - x.rows.mean(), y.rows - y.rows.mean())) / n**3
    biased = max(full / n**2 - mean_x * mean_y - 2 * common, 0.0)
    mean, variance = null_moments(x.invariants, y.invariants)
    norm = (x.invariants.square * y.invariants.square) ** 0.5 / n**2
    return LineDependence(
        biased=biased,
        unbiased=_unbiased(product, x.rows, y.rows),
        cka=min(biased / norm, 1.0) if norm > 1e-26 else 0.0,
        p_value=float(gamma_tail(biased, mean, variance, null_skewness(x.invariants, y.invariants))),
        null_mean=mean,
        null_deviation=variance**0.5,
        widths=(x.width, y.width),
        samples=n,
    )


def _unbiased(product: float, x: Floats, y: Floats) -> float:
    n = len(x)
    if n < 4:
        return float("nan")
    mean_x, mean_y = float(x.mean()), float(y.mean())
    common = float(np.vdot(x - mean_x, y - mean_y))
    # Song and others' formula, with the rows about their means.
    return (product - n * mean_x * mean_y / (n - 1) - 2 * common / (n - 2)) / (n * (n - 3.0))
