"""The sum of all eigenvalues."""

from dataclasses import dataclass

import numpy as np

from maskplay.analysis.smoothness._types import Product
from maskplay.analysis.smoothness.curvature.eigenvalues import checked


@dataclass(frozen=True)
class Trace:
    """An estimate of a trace.

    Attributes:
        value: the estimate, without bias.
        standard_error: of it, from the samples.
        samples: products that it took.
    """

    value: float
    standard_error: float
    samples: int

    def __str__(self) -> str:
        return f"{self.value:.4g} ± {self.standard_error:.2g}"


def trace(product: Product, size: int, *, samples: int = 16, seed: int = 0) -> Trace:
    """Estimate the trace of a symmetric matrix by products with random signs (Hutchinson).

    Of a matrix no larger than the samples it is computed, with unit vectors.

    Args:
        product: gives the matrix times a vector `(size,)`.
        size: of the vectors.
        samples: products, 2 or more.
        seed: of the signs.

    Raises:
        ValueError: fewer than 2 samples, or a product that is not finite or of another shape.

    >>> matrix = np.ones((100, 100)) + np.eye(100)
    >>> found = trace(lambda v: matrix @ v, 100, samples=50)
    >>> abs(found.value - 200) < 3 * found.standard_error
    True
    """
    if samples < 2:
        raise ValueError(f"samples must be 2 or more, for an error to be known. Received: {samples}")
    if size <= samples:
        diagonal = [float(checked(product(unit), size)[i]) for i, unit in enumerate(np.eye(size))]
        return Trace(float(np.sum(diagonal)), 0.0, size)
    rng = np.random.default_rng(seed)
    found = np.empty(samples)
    for number in range(samples):
        signs = rng.integers(0, 2, size) * 2.0 - 1.0
        found[number] = np.dot(signs, checked(product(signs), size).astype(np.float64))
    return Trace(float(found.mean()), float(found.std(ddof=1) / samples**0.5), samples)
