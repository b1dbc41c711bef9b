"""The Gaussian kernel."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels._distances import squared_distances
from maskplay.analysis.hsic.kernels.kernel import Kernel
from maskplay.analysis.hsic.kernels.median_distance import median_distance


def positive_width(width: float | None, scale: float) -> None:
    """Refuse widths that are none.

    Raises:
        ValueError: if a width or its scale is not a positive number.
    """
    for name, value in (("width", width), ("scale", scale)):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a positive number. Received: {value!r}")


@dataclass(frozen=True)
class Gaussian(Kernel):
    """exp(-|a - b|² / (2 width²)).

    Args:
        width: None takes the median of the distances of the very samples that it is fitted to.
        scale: the width is taken so many times; for widths about the median.

    Raises:
        ValueError: The width or the scale is not positive.

    >>> Gaussian(width=2.0)([0.0, 0.0], [0.0, 2.0]).round(4).tolist()
    [[1.0, 0.6065], [1.0, 0.6065]]
    """

    width: float | None = None
    scale: float = 1.0

    def __post_init__(self) -> None:
        positive_width(self.width, self.scale)

    def fit(self, x: Any) -> "Gaussian":
        """Choose the width, where it is open."""
        return self if self.width is not None else replace(self, width=median_distance(x))

    def centre(self, x: Array) -> Array:
        """Move the samples' mean to the origin, for the sake of digits."""
        return x - x.mean(0)

    def between(self, a: Array, b: Array) -> Floats:
        """Compare prepared samples."""
        if self.width is None:
            raise ValueError("A Gaussian kernel without a width must be fitted first: Gaussian().fit(x)")
        # In units of the width: its square may be too small to be told from 0.
        squared = squared_distances(a / (self.width * self.scale), b / (self.width * self.scale))
        squared *= -0.5
        return np.exp(squared, out=squared)
