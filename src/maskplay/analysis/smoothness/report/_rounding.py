"""What rounding alone does to a loss and its gradient."""

from dataclasses import dataclass

import numpy as np

from maskplay.analysis.smoothness._types import Vector
from maskplay.analysis.smoothness.surface.loss_surface import LossSurface

_EPSILON = float(np.finfo(np.float32).eps)
_SHARE = 0.05  # of L: the error that rounding may bring into a secant


@dataclass(frozen=True)
class Rounding:
    """Differences that mean nothing.

    Attributes:
        loss: of losses.
        gradient: of gradients, in norm.
    """

    loss: float
    gradient: float

    def shortest(self, rate: float) -> float:
        """The distance from which on differences tell of a curvature of 2/rate, and not of rounding."""
        modulus = _SHARE * 2 / rate
        return max(self.gradient / modulus, float(np.sqrt(2 * self.loss / modulus)))

    def hides(self, decrease: float) -> bool:
        """Whether a decrease of the loss would not be seen."""
        return decrease <= 2 * self.loss


def rounding_at_origin(surface: LossSurface, loss: float, gradient: Vector, seed: int) -> Rounding:
    """Compare with the point whose weights are each the next number, up or down: there all is rounded anew."""
    up = np.random.default_rng([seed, 2]).random(surface.size) < 0.5
    ends = np.where(up, np.float32(np.inf), np.float32(-np.inf))
    # Weights of 0 stay: the numbers next to 0 are so small that a processor may take them for 0.
    beside = np.where(surface.origin == 0, surface.origin, np.nextafter(surface.origin, ends))
    there, slope = surface.gradient(beside)
    change = float(np.linalg.norm((slope - gradient).astype(np.float64)))
    norm = float(np.linalg.norm(gradient.astype(np.float64)))
    return Rounding(max(abs(there - loss), _EPSILON * abs(loss)), max(change, _EPSILON * norm))
