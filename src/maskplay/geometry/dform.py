"""Two convex sheets glued at any offset."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from maskplay.geometry.convex_body import convex_body, flat_body
from maskplay.geometry.glue import fitted
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.mesh import Mesh
from maskplay.geometry.outline import Outline
from maskplay.geometry.pattern import Pattern
from maskplay.geometry.seam_nodes import seam_nodes
from maskplay.geometry.tabulated import Floats
from maskplay.geometry.two_polygons import two_polygons, walked

_FLAT = 1e-9  # share of the size by which polygons may differ that are taken for mirror images


@dataclass(frozen=True)
class DForm:
    """The convex body of two convex sheets glued along their edges. Made by `dform`.

    Attributes:
        sheets: the two outlines.
        offset: where the first one's start is glued, as a share of the second one's perimeter from its start.
        mesh: the body; its vertices are on the seam.
        seam: arc lengths `(n,)` of the vertices from the first sheet's start.
    """

    sheets: tuple[Outline, Outline]
    offset: float
    mesh: Mesh
    seam: Floats

    @property
    def volume(self) -> float:
        """The volume of the mesh."""
        return self.mesh.volume

    @property
    def area(self) -> float:
        """The area of both sheets."""
        return sum(sheet.area for sheet in self.sheets)

    @property
    def roundness(self) -> float:
        """36π V² / A³: 1 for a ball, 0 for what is flat."""
        return 36 * np.pi * self.volume**2 / self.mesh.area**3

    @cached_property
    def hull_defect(self) -> float:
        """By how much the area of the vertices' convex hull differs from the mesh's, relatively: 0 for a D-form."""
        from scipy.spatial import ConvexHull

        if self.volume <= 1e-9 * self.mesh.area**1.5:
            return 0.0  # flat: the hull has no inside
        return float(ConvexHull(self.mesh.vertices).area / self.mesh.area - 1)

    def figures(self) -> dict[str, Any]:
        """Give all numbers, as JSON has them; lengths in the units of the sheets."""
        return {
            "sheets": [sheet.figures() for sheet in self.sheets],
            "offset": self.offset,
            "volume": self.volume,
            "area": self.area,
            "roundness": self.roundness,
            "hull_defect": self.hull_defect,
            "mesh": self.mesh.figures(),
        }

    def pattern(self, marks: int = 24) -> Pattern:
        """Lay out the two sheets to be cut.

        Args:
            marks: match marks along the seam, evenly.

        Raises:
            GluingError: if there are fewer than 3 marks.
        """
        none = np.zeros((0, 2))
        start = self.offset * self.sheets[1].perimeter
        return Pattern.of(self.sheets, (0.0, start), (none, none), marks)


def dform(
    first: Outline,
    second: Outline | None = None,
    *,
    offset: float = 0.25,
    fit: bool = False,
    vertices: int = 120,
) -> DForm:
    """Glue two convex sheets at any offset.

    The sheets become polygons of equal edges' lengths. By Alexandrov's theorem there is one convex polyhedron that the
    two glued polygons are the surface of, and it is found; see `alexandrov`. No mirror lines are needed.

    Args:
        first: an outline; its start is what an ellipse has its tip at.
        second: another one, seen from outside like the first; None for a second sheet like the first.
        offset: where the first one's start is glued, as a share of the second one's perimeter, from its start,
            anticlockwise. For sheets with mirror lines 0 is tip on tip, 0.25 tip on flank.
        fit: scale the second sheet to the first one's perimeter.
        vertices: of the mesh, about; the error falls with their square, the time grows with their cube.

    Raises:
        GluingError: if the lengths differ, or the body is too flat to be found.

    >>> from maskplay.geometry import ellipse
    >>> round(dform(ellipse(2, 1), vertices=60).volume, 1)
    3.2
    """
    if not np.isfinite(offset):
        raise GluingError(f"An offset must be a finite share of the perimeter. Received: {offset}")
    if not 8 <= vertices <= 600:
        raise GluingError(f"A D-form is built with 8 to 600 vertices. Received: {vertices}")
    other = fitted(first, first if second is None else second, fit=fit)
    curves = walked(first, other, offset % 1.0)
    s, (one, two) = two_polygons(curves, seam_nodes(curves, vertices))
    names = first.name, other.name
    mirrored = np.abs(one - two).max() <= _FLAT * first.perimeter
    mesh = flat_body(one, names) if mirrored else convex_body((one, two), names)
    return DForm((first, other), offset % 1.0, _posed(mesh, s / first.perimeter), s)


def _posed(mesh: Mesh, share: Floats) -> Mesh:
    """Turn a body as the closed form has it: first sheet's ends above each other along z, its sides along -y and y."""
    top, side, bottom, other = (mesh.vertices[np.argmin(np.abs(share - at))] for at in (0, 0.25, 0.5, 0.75))
    up, across = top - bottom, other - side
    across = across - up * (across @ up) / (up @ up)
    if np.linalg.norm(across) < 1e-9 * np.linalg.norm(up):  # a polygon may have no vertices there
        return mesh
    z, y = up / np.linalg.norm(up), across / np.linalg.norm(across)
    return Mesh(mesh.vertices @ np.stack([np.cross(y, z), y, z], axis=1), mesh.sheets)
