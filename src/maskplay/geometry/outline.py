"""Closed convex curves: what a sheet is cut along."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from maskplay.geometry.curve import Curve
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.sizes import positive
from maskplay.geometry.tabulated import Floats

BACK = 1e-5
"""Radians that a convex curve may turn back: rounding of the numbers in a file."""


class Outline:
    """A closed convex plane curve, walked anticlockwise.

    Where it has two mirror lines it is known by a quarter. It starts on a mirror line then, at a **tip**, and the end
    of the quarter is its **flank**; for an ellipse the tip is an end of the long axis.

    Attributes:
        name: how it was asked for.
        mirrored: whether it has two mirror lines, which are the axes of coordinates then.
        curve: a quarter of it, or the whole.
    """

    def __init__(self, curve: Curve, *, mirrored: bool, name: str) -> None:
        """Close a curve.

        Args:
            curve: a quarter, which turns by a right angle; or a closed curve.
            mirrored: whether it is a quarter.
            name: what errors, figures and patterns call it.

        Raises:
            GluingError: if the curve turns back, or farther than it may.
        """
        most = np.pi / 2 if mirrored else 2 * np.pi
        ends = curve.turned(curve.turned.edges[:-1]), curve.turned(curve.turned.edges[1:], "left")
        turned = np.stack(ends, axis=1).ravel()
        if turned[0] < -BACK or turned[-1] > most + BACK or (np.diff(turned) < -BACK).any():
            first, last = np.degrees(turned[[0, -1]]).round(1) + 0.0  # no minus before a zero
            raise GluingError(
                f"{name} must turn to the left alone, by {np.degrees(most):g}° at most. It turns from "
                f"{first:g}° to {last:g}°"
                + (", and back on the way." if (np.diff(turned) < -BACK).any() else ".")
            )
        self.curve = curve
        self.mirrored = mirrored
        self.name = name

    @property
    def perimeter(self) -> float:
        """The length around."""
        return self.curve.length * (4 if self.mirrored else 1)

    @cached_property
    def breaks(self) -> Floats:
        """Arc lengths `(n,)` in `[0, perimeter)` between which the turning is smooth."""
        edges = self.curve.breaks
        if not self.mirrored:
            return edges[:-1]
        half = np.concatenate([edges[:-1], 2 * edges[-1] - edges[:0:-1]])
        return np.concatenate([half, half + 2 * edges[-1]])

    @cached_property
    def area(self) -> float:
        """The area inside."""
        s, weights = self.curve.turned.quadrature()
        x, y = self.curve.point(s).T
        if self.mirrored:  # below the quarter, measured from the middle of the sheet
            return float(4 * weights @ (y * np.sin(self.curve.turning(s))))
        turned = self.curve.turning(s)
        return float(weights @ (x * np.cos(turned) + y * np.sin(turned)) / 2)

    @cached_property
    def half_axes(self) -> tuple[float, float]:
        """From the middle to the tip, and from the middle to the flank; for mirrored outlines."""
        x, y = self.curve.point(self.curve.length)
        return float(-x), float(y)

    def turning(self, at: ArrayLike) -> Floats:
        """Give the radians turned since the start, at arc lengths of any shape and sign: 2π more after each round."""
        s = np.asarray(at, float)
        if not self.mirrored:
            rounds = np.floor(s / self.perimeter)
            return 2 * np.pi * rounds + self.curve.turning(s - rounds * self.perimeter)
        quarter = self.curve.length
        halves = np.floor(s / (2 * quarter))
        rest = s - halves * 2 * quarter
        there = self.curve.turning(np.minimum(rest, 2 * quarter - rest))
        return np.pi * halves + np.where(rest <= quarter, there, np.pi - there)

    def point(self, at: ArrayLike) -> Floats:
        """Give points `(…, 2)` at arc lengths `(…)` of any sign.

        Of a mirrored outline the middle is the origin and the tip is at +x; another one starts at the origin, heading
        along +y.
        """
        s = np.asarray(at, float)
        if not self.mirrored:
            return self.curve.point(np.mod(s, self.perimeter))
        quarter = self.curve.length
        rest = np.mod(s, 4 * quarter)
        second, third = (rest > quarter) & (rest < 3 * quarter), rest > 2 * quarter
        folded = np.abs(rest - 2 * quarter * np.round(rest / (2 * quarter)))
        x, y = np.moveaxis(self.curve.point(folded), -1, 0)
        return np.stack([np.where(second, -1, 1) * (x + self.half_axes[0]), np.where(third, -y, y)], axis=-1)

    def figures(self) -> dict[str, Any]:
        """Give its numbers, as JSON has them."""
        return {"name": self.name, "perimeter": self.perimeter, "area": self.area}

    def scaled(self, factor: float) -> "Outline":
        """Give the same shape at another size.

        Raises:
            GluingError: if the factor, or the perimeter that it gives, is not positive, or beyond all measure.
        """
        positive("A factor, and the perimeter that it gives,", [factor, factor * self.perimeter])
        name = self.name if factor == 1 else f"{self.name} x {factor:g}"
        return Outline(self.curve.scaled(factor), mirrored=self.mirrored, name=name)

    def from_flank(self) -> "Outline":
        """Give a mirrored outline that starts at what was its flank."""
        return Outline(self.curve.backwards(np.pi / 2), mirrored=True, name=self.name)
