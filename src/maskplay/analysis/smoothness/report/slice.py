"""The loss and its gradient along a line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maskplay.analysis.smoothness._types import Vector
from maskplay.analysis.smoothness.surface.loss_surface import LossSurface


@dataclass(frozen=True)
class Slice:
    """What was found along a direction.

    Attributes:
        direction: its name.
        loss: at the point.
        slope: of the loss there, by distance.
        distances: how far from the point, in the norm of the weights.
        losses: at these distances.
        gradient_changes: norm of the difference between the gradient there and that at the point.
    """

    direction: str
    loss: float
    slope: float
    distances: tuple[float, ...]
    losses: tuple[float, ...]
    gradient_changes: tuple[float, ...]

    @property
    def secants(self) -> tuple[float, ...]:
        """Change of the gradient over distance: the Lipschitz constant of the gradient is at least each of these."""
        return tuple(c / d for c, d in zip(self.gradient_changes, self.distances, strict=True))

    @property
    def smallest_l(self) -> tuple[float, ...]:
        """The L with which post 6992's inequality just holds: loss there = loss + slope·distance + L/2·distance²."""
        return tuple(
            2 * (there - self.loss - self.slope * d) / d**2
            for there, d in zip(self.losses, self.distances, strict=True)
        )


def slice_along(
    surface: LossSurface,
    name: str,
    direction: Vector,
    distances: Sequence[float],
    loss: float,
    gradient: Vector,
) -> Slice:
    """Walk from the origin of a surface along a direction, which need not be a unit vector.

    Args:
        surface: the loss.
        name: of the direction.
        direction: `(size,)`.
        distances: how far, each from the origin.
        loss: at the origin.
        gradient: at the origin.
    """
    unit = direction / np.linalg.norm(direction)
    losses, changes = [], []
    for distance in distances:
        there, slope = surface.gradient(surface.origin + np.float32(distance) * unit)
        losses.append(there)
        changes.append(float(np.linalg.norm((slope - gradient).astype(np.float64))))
    return Slice(
        direction=name,
        loss=loss,
        slope=float(np.dot(gradient.astype(np.float64), unit)),
        distances=tuple(map(float, distances)),
        losses=tuple(losses),
        gradient_changes=tuple(changes),
    )
