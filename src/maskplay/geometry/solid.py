"""The solid of two sheets with mirror lines."""

from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from maskplay.geometry.criterion import Criterion, probes
from maskplay.geometry.mesh import Mesh
from maskplay.geometry.outline import Outline
from maskplay.geometry.pattern import Pattern
from maskplay.geometry.strips import strips
from maskplay.geometry.tabulated import Floats, Tabulated

FLAT = 1e-13
"""Radians of lead that are taken for rounding: sheets that differ less are glued flat upon each other."""
_BENT = 1e-9  # radians; rounding of directions away from the ends is a hundredth of it
_NEAR_END = 1e-4  # shares of the quarter where directions of the profiles are quotients of rounding


class Solid:
    """Two sheets, each bent as a cylinder, that close up edge to edge. Made by `glue`.

    In the quarter of the seam that starts at the first sheet's tip, `y` is the first sheet's half-width, `z` the second
    one's, and `x` follows from the arc length; the rest is mirrored in the planes y = 0 and z = 0. The first sheet's
    rulings are parallel to y, the second one's to z, and the body is `|y| <= Y(x), |z| <= Z(x)`. (Scientific Spaces
    6818.)

    Attributes:
        sheets: the two outlines; the first one's tip is at x = 0.
        criterion: how they pass.
    """

    def __init__(self, first: Outline, second: Outline, criterion: Criterion) -> None:
        """Take sheets that were checked.

        Args:
            first: with two mirror lines, from its tip.
            second: the same, from the point that the first one's tip is glued to.
            criterion: of the two.
        """
        self.sheets = (first, second)
        self.criterion = criterion

    @property
    def quarter(self) -> float:
        """The length of a quarter of the seam."""
        return self.sheets[0].curve.length

    @cached_property
    def _slope(self) -> Tabulated:
        """dx/ds, by the product of sines: no difference of nearly equal squares."""
        first, second = (sheet.curve for sheet in self.sheets)
        edges = np.union1d(first.turned.edges, second.turned.edges)
        edges[-1] = first.length
        apart = np.concatenate([[True], np.diff(edges) > 1e-14 * first.length])
        return Tabulated.of(
            lambda s: climb(np.asarray(first.turned(s)), np.asarray(second.turned(s))), edges[apart]
        )

    @cached_property
    def _rise(self) -> Tabulated:
        return self._slope.integral()

    def seam(self, at: ArrayLike) -> Floats:
        """Give points of the seam.

        Args:
            at: arc lengths `(…)` from the first sheet's tip, of any sign; the seam closes after four quarters.

        Returns:
            `(…, 3)`: x, y, z.
        """
        s = np.asarray(at, float)
        rest = np.mod(s, 4 * self.quarter)
        folded = np.abs(rest - 2 * self.quarter * np.round(rest / (2 * self.quarter)))
        y, z = self.sheets[0].point(rest)[..., 1], self.sheets[1].point(rest)[..., 0]
        return np.stack([self._rise(np.minimum(folded, self.quarter)), y, z], axis=-1)

    @cached_property
    def length(self) -> float:
        """The extent along x, from the first sheet's tips to its middle."""
        return float(self._rise(self.quarter))

    @property
    def width(self) -> float:
        """The extent along y: the first sheet's width."""
        return 2 * self.sheets[0].half_axes[1]

    @property
    def height(self) -> float:
        """The extent along z: the second sheet's width."""
        return 2 * self.sheets[1].half_axes[0]

    @cached_property
    def volume(self) -> float:
        """The volume: four times the integral of y z dx."""
        s, weights = self._slope.quadrature()
        return float(4 * weights @ (self._half_width(0, s) * self._half_width(1, s) * self._slope(s)))

    @cached_property
    def area(self) -> float:
        """The area of the bent surfaces, from the solid alone; it equals that of the flat sheets."""
        s, weights = self._slope.quadrature()
        slopes = [np.cos(self.sheets[0].turning(s)), np.sin(self.sheets[1].turning(s))]
        profiles = [np.hypot(self._slope(s), slopes[1]), np.hypot(self._slope(s), slopes[0])]
        return float(sum(4 * weights @ (self._half_width(i, s) * profiles[i]) for i in (0, 1)))

    @property
    def roundness(self) -> float:
        """36π V² / A³: 1 for a ball, 0 for what is flat."""
        return 36 * np.pi * self.volume**2 / self.area**3

    @cached_property
    def convex(self) -> bool:
        """Whether both profiles Y(x) and Z(x) are concave: at no probed point do they turn outwards by 10⁻⁹ rad.

        If so the solid is the only convex body with this surface (Alexandrov, Pogorelov), and the hull of its seam.
        Where both curvatures fall from tip to flank, as an ellipse's does, it is proven: docs/gluing.md.
        """
        first, second = (sheet.curve for sheet in self.sheets)
        s = probes(first, second)
        s = s[(s >= _NEAR_END * self.quarter) & (s <= (1 - _NEAR_END) * self.quarter)]
        alpha, beta = first.turned(s), second.turned(s)
        x, bent = climb(alpha, beta), alpha - beta > _BENT
        profiles = np.arctan2(x, np.cos(alpha))[bent], np.arctan2(np.sin(beta), x)[bent]
        return all(bool((np.diff(angle) >= -_BENT).all()) for angle in profiles)

    def figures(self) -> dict[str, Any]:
        """Give all numbers, as JSON has them; lengths in the units of the sheets."""
        return {
            "sheets": [sheet.figures() for sheet in self.sheets],
            "quarter": self.quarter,
            "length": self.length,
            "width": self.width,
            "height": self.height,
            "volume": self.volume,
            "area": self.area,
            "roundness": self.roundness,
            "convex": self.convex,
            "criterion": asdict(self.criterion),
        }

    def mesh(self, triangles: int = 20_000) -> Mesh:
        """Build the solid of triangles.

        The mesh solves the gluing problem itself, for two polygons of the sheets' perimeters: its triangles are
        congruent to those of its flat sheets, to rounding. It approaches the smooth solid with the square of the
        number of triangles.

        Args:
            triangles: about so many, a few more.
        """
        return strips(self, triangles)

    def pattern(self, marks: int = 24, rulings: int = 48) -> Pattern:
        """Lay out the two sheets to be cut.

        Args:
            marks: match marks along the seam, evenly.
            rulings: lines of bending on each sheet, about; 0 for none.

        Raises:
            GluingError: if there are fewer than 3 marks.
        """
        half = 2 * self.quarter
        s = np.arange(1, max(rulings, 1)) * (half / max(rulings, 1))
        lines = np.stack([s, -s], axis=1), np.stack([self.quarter + s, self.quarter - s], axis=1)
        return Pattern.of(self.sheets, (0.0, 0.0), lines, marks)

    def _half_width(self, sheet: int, s: Floats) -> Floats:
        return np.asarray(self.sheets[sheet].point(s)[..., 1 - sheet])


def climb(alpha: Floats, beta: Floats) -> Floats:
    """Give dx/ds of a seam whose sheets have turned by α and β; 0 where α does not lead."""
    lead = alpha - beta
    return np.sqrt(np.where(lead > FLAT, np.sin(lead) * np.sin(alpha + beta), 0.0).clip(0, 1))
