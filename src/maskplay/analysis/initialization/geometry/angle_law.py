"""The angle between two random directions."""

from dataclasses import dataclass
from math import lgamma, log, pi
from typing import Any

import numpy as np

from maskplay.analysis.initialization._types import Floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)
_WIDTHS = 40.0  # beyond so many standard deviations there is nothing that float64 can show


@dataclass(frozen=True)
class AngleLaw:
    """The exact law of the angle between two random directions of n dimensions: Γ(n/2) / (Γ((n-1)/2) √π) · sinⁿ⁻² θ.

    Two directions of many dimensions are almost at right angles, nearly always (Scientific Spaces 7180, corollary 1;
    the law is that of 7076). The deviation from the right angle is nearly 1/√(n - 1).

    Args:
        dimensions: n, 2 or more.

    Raises:
        ValueError: there are fewer than 2.

    >>> AngleLaw(3).density([0.0, np.pi / 2]).round(9).tolist()
    [0.0, 0.5]
    >>> round(AngleLaw(50).variance, 7), round(1 / 49, 7), round(1 / 48, 7)
    (0.0204053, 0.0204082, 0.0208333)
    """

    dimensions: int

    def __post_init__(self) -> None:
        if self.dimensions < 2:
            raise ValueError(f"Angles need 2 dimensions or more. Received: {self.dimensions}")

    def density(self, angles: Any) -> Floats:
        """Density at angles in radians; 0 outside of 0 to π."""
        angles = np.asarray(angles, np.float64)
        inside = (angles >= 0) & (angles <= pi)
        power = self.dimensions - 2
        with np.errstate(divide="ignore"):
            logarithm = np.log(np.sin(np.clip(angles, 0, pi))) * power if power else np.zeros(angles.shape)
        return np.where(inside, np.exp(logarithm + self._log_factor), 0.0)

    def cdf(self, angles: Any) -> Floats:
        """Probability of an angle as large, or smaller."""
        angles = np.clip(np.asarray(angles, np.float64), 0, pi)
        end = np.clip(angles - pi / 2, -self._reach, self._reach)
        return np.clip(0.5 + self._integral(end, power=0), 0.0, 1.0)

    def within(self, degrees: float) -> float:
        """Probability of an angle within so many degrees of a right one.

        >>> round(AngleLaw(1000).within(5.0), 3)
        0.994
        """
        off = degrees * pi / 180
        return float(self.cdf(pi / 2 + off) - self.cdf(pi / 2 - off))

    @property
    def variance(self) -> float:
        """Of the angle, exactly; the mean is a right angle."""
        return float(2 * self._integral(np.array(self._reach), power=2))

    @property
    def _log_factor(self) -> float:
        n = self.dimensions
        return lgamma(n / 2) - lgamma((n - 1) / 2) - log(pi) / 2

    @property
    def _reach(self) -> float:
        return min(pi / 2, _WIDTHS / self.dimensions**0.5)

    def _integral(self, end: Floats, power: int) -> Floats:
        """Of (θ - π/2)^power times the density, from the right angle to `end` beyond it (Gauss-Legendre)."""
        half = end[..., None] / 2
        from_middle = half * (_NODES + 1)
        values = from_middle**power * self.density(from_middle + pi / 2)
        return (values * _WEIGHTS).sum(-1) * half[..., 0]
