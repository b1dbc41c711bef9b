"""What the statistic is worth when all orders of one variable are equally likely: exact mean and variance."""

from dataclasses import dataclass

import numpy as np

from maskplay.analysis.hsic._blocks import centred_blocks
from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.features.low_rank import LowRank
from maskplay.analysis.hsic.kernels import Gram


@dataclass(frozen=True)
class Invariants:
    """What a centred matrix keeps when its rows and columns are reordered together.

    Attributes:
        size: n.
        trace: sum of its eigenvalues.
        square: sum of their squares, the squared Frobenius norm.
        diagonal_square: sum of the squares of its diagonal.
        cube: sum of the cubes of its eigenvalues; NaN where that would cost too much.
    """

    size: int
    trace: float
    square: float
    diagonal_square: float
    cube: float = float("nan")


def invariants(matrix: LowRank | Gram) -> Invariants:
    """Compute them from features, or from a kernel matrix block by block."""
    cube = float("nan")
    if isinstance(matrix, LowRank):
        diagonal, square = matrix.diagonal, float(np.square(matrix.eigenvalues).sum())
        cube = float((matrix.eigenvalues**3).sum())
    else:
        diagonal, square = np.zeros(matrix.size), 0.0
        for rows, columns, (block,) in centred_blocks([matrix]):
            square += float(np.vdot(block, block)) * (1 if rows == columns else 2)
            if rows == columns:
                diagonal[rows] = np.diagonal(block)
    return Invariants(len(diagonal), float(diagonal.sum()), square, float(np.square(diagonal).sum()), cube)


def null_moments(k: Invariants, m: Invariants) -> tuple[float, float]:
    """Mean and variance of the biased statistic over all n! orders (Kazi-Aoual and others, 1995).

    Exact for any kernels and any data with at least 4 samples; with fewer, the variance is given as 0.
    """
    n = k.size
    mean = k.trace * m.trace / (n - 1)
    if n < 4:
        return mean / n**2, 0.0

    def spread(one: Invariants) -> float:
        return (n - 1) * one.square - one.trace**2

    def unevenness(one: Invariants) -> float:
        return n * (n + 1) * one.diagonal_square - (n - 1) * (one.trace**2 + 2 * one.square)

    variance = 2 * spread(k) * spread(m) / ((n - 1.0) ** 2 * (n + 1) * (n - 2))
    variance += unevenness(k) * unevenness(m) / ((n + 1.0) * n * (n - 1) * (n - 2) * (n - 3))
    return mean / n**2, max(variance, 0.0) / float(n) ** 4


def null_skewness(k: Invariants, m: Invariants) -> float:
    """Skewness of the limit for many samples, the weighted sum of chi-squares; NaN where it is not known."""
    spread = 2 * k.square * m.square
    return 8 * k.cube * m.cube / spread**1.5 if spread > 0 else float("nan")


def gamma_tail(
    statistic: Floats | float, mean: float, variance: float, skewness: float = float("nan")
) -> Floats:
    """Probability that a gamma variable with these moments is as large as the statistic, or larger.

    With a skewness the variable is moved, so that it has that too (Pearson's type III): without, kernels with many
    eigenvalues that matter, like Laplace ones, would find too much.
    """
    from scipy.special import gammaincc  # comes with JAX; a fifth of a second to import

    if mean <= 0 or variance <= 1e-24 * mean * mean:
        return np.ones(np.shape(statistic))
    deviation = variance**0.5
    bend = skewness if skewness == skewness else 2 * deviation / mean
    shape = 4 / bend**2
    place = (np.asarray(statistic) - mean) / deviation * shape**0.5 + shape
    tail: Floats = gammaincc(shape, np.maximum(place, 0.0))
    return tail
