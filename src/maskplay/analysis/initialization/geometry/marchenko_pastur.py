"""The singular values of a large random matrix."""

from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np

from maskplay.analysis.initialization._types import Floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


@dataclass(frozen=True)
class MarchenkoPastur:
    """The limit law of the singular values of an m × n matrix of independent entries with mean 0 and one variance.

    Whatever the distribution of the entries is, if its variance is finite. With m = n the values fill 0 to 2 (times
    √n · deviation): such a matrix is nearly orthogonal entry by entry, but not as an operator.

    Args:
        rows: m.
        columns: n.
        variance: of an entry; None takes 1/m, the one that keeps norms.

    Raises:
        ValueError: a size or the variance is not positive.

    >>> MarchenkoPastur(400, 100).low, MarchenkoPastur(400, 100).high
    (0.5, 1.5)
    """

    rows: int
    columns: int
    variance: float | None = None

    def __post_init__(self) -> None:
        if min(self.rows, self.columns) < 1:
            raise ValueError(f"Sizes must be 1 or more. Received: {self.rows} x {self.columns}")
        if self.variance is not None and not (np.isfinite(self.variance) and self.variance > 0):
            raise ValueError(f"The variance must be a positive number. Received: {self.variance!r}")

    @property
    def low(self) -> float:
        """The smallest singular value that is not 0 for want of rows."""
        return self._scale * abs(self._long**0.5 - self._short**0.5)

    @property
    def high(self) -> float:
        """The largest singular value."""
        return self._scale * (self._long**0.5 + self._short**0.5)

    def density(self, values: Any) -> Floats:
        """Density of the min(m, n) singular values, at `values`."""
        s = np.asarray(values, np.float64)
        inside = (s > self.low) & (s < self.high)
        safe = np.where(inside, s, (self.low + self.high) / 2)
        root = np.sqrt((self.high**2 - safe**2) * (safe**2 - self.low**2))
        return np.where(inside, root / (pi * self._scale**2 * self._short * safe), 0.0)

    def cdf(self, values: Any) -> Floats:
        """Probability of a singular value as large, or smaller."""
        s = np.clip(np.asarray(values, np.float64), self.low, self.high)
        # With s² between its ends as sin² of an angle, the density has no roots left.
        low, width = self.low**2, self.high**2 - self.low**2
        end = np.arcsin(np.sqrt(np.clip((s**2 - low) / width, 0, 1)))
        half = end[..., None] / 2
        angle = half * (_NODES + 1)
        square = low + width * np.sin(angle) ** 2
        # (1/2) ds² / s² · √((high - s²)(s² - low)), with ds² = 2 width sin cos
        values = (width * np.sin(angle) * np.cos(angle)) ** 2 / np.maximum(square, 1e-300)
        return np.clip(
            (values * _WEIGHTS).sum(-1) * half[..., 0] / (pi * self._scale**2 * self._short), 0.0, 1.0
        )

    @property
    def _long(self) -> int:
        return max(self.rows, self.columns)

    @property
    def _short(self) -> int:
        return min(self.rows, self.columns)

    @property
    def _scale(self) -> float:
        return (1 / self.rows if self.variance is None else self.variance) ** 0.5
