"""The Laplace kernel."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels._distances import absolute_distances
from maskplay.analysis.hsic.kernels.gaussian import positive_width
from maskplay.analysis.hsic.kernels.kernel import Kernel
from maskplay.analysis.hsic.kernels.median_distance import median_distance


@dataclass(frozen=True)
class Laplace(Kernel):
    """exp(-|a - b| / width), where |.| sums the absolute differences of all columns.

    On one column its statistic is exact in O(n log n): see `laplace_hsic`.

    Args:
        width: None takes the median of the distances of the very samples that it is fitted to.
        scale: the width is taken so many times.

    Raises:
        ValueError: The width or the scale is not positive.

    >>> Laplace(width=2.0)([0.0, 2.0], [0.0, 2.0]).round(4).tolist()
    [[1.0, 0.3679], [0.3679, 1.0]]
    """

    width: float | None = None
    scale: float = 1.0

    def __post_init__(self) -> None:
        positive_width(self.width, self.scale)

    def fit(self, x: Any) -> "Laplace":
        """Choose the width, where it is open."""
        return self if self.width is not None else replace(self, width=median_distance(x, "absolute"))

    def between(self, a: Array, b: Array) -> Floats:
        """Compare prepared samples."""
        if self.width is None:
            raise ValueError("A Laplace kernel without a width must be fitted first: Laplace().fit(x)")
        distances = absolute_distances(a, b)
        distances *= -1 / (self.width * self.scale)
        return np.exp(distances, out=distances)
