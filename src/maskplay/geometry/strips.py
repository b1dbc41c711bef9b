"""A mesh of flat strips between rulings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from maskplay.geometry.mesh import FlatSheet, Indices, Mesh
from maskplay.geometry.seam_nodes import seam_nodes
from maskplay.geometry.tabulated import Floats

if TYPE_CHECKING:
    from maskplay.geometry.solid import Solid

_STRAIGHT = 1e-13  # radians


def strips(solid: "Solid", triangles: int) -> Mesh:
    """Build a solid of trapezoids between neighbouring rulings, two triangles each.

    The seam becomes a polygon. An edge as long as its arc gets, in either sheet, the direction that the sheet has in
    the middle of the arc. Both sheets stay polygons with mirror lines, and the solid's equations hold for each edge:
    so this is the exact solid of two polygons, and every triangle is congruent to its flat one.

    Args:
        solid: gives the two turnings.
        triangles: about so many in all, a few more.
    """
    from maskplay.geometry.solid import climb

    first, second = (sheet.curve for sheet in solid.sheets)
    s = seam_nodes([first, second], -(-max(triangles, 4) // 8))
    middle, step = (s[1:] + s[:-1]) / 2, np.diff(s)
    alpha, beta = first.turned(middle), second.turned(middle)
    count = len(step)

    x = _walk(step * climb(alpha, beta))
    y, depth = _walk(step * np.cos(alpha)), _walk(step * np.sin(alpha))
    z, along = _walk((step * np.sin(beta))[::-1])[::-1], _walk(step * np.cos(beta))
    beyond = 2 * depth[-1] - depth
    vertices = _ring([(x, x, x, x), (y, y, -y, -y), (z, -z, -z, z)])
    bent = _ring([(depth, beyond, beyond, depth), (y, y, -y, -y)])
    crossing = _ring([(along, along, -along, -along), (z, -z, -z, z)])
    faces = _ladder(0, count, turned=False), _ladder(count, count, turned=True)

    # A vertex in the middle of a straight edge of both sheets is none.
    keep = np.ones(4 * count, bool)
    keep[[0, 2 * count]] = max(alpha[0], beta[0]) > _STRAIGHT
    keep[[count, 3 * count]] = min(alpha[-1], beta[-1]) < np.pi / 2 - _STRAIGHT
    if not keep.all():
        faces = _without(faces[0], keep), _without(faces[1], keep)
        vertices, bent, crossing = vertices[keep], bent[keep], crossing[keep]
    names = [sheet.name for sheet in solid.sheets]
    return Mesh(vertices, (FlatSheet(names[0], faces[0], bent), FlatSheet(names[1], faces[1], crossing)))


def _walk(steps: Floats) -> Floats:
    """Add up steps `(n,)`, from 0: `(n + 1,)`."""
    walked = np.zeros(len(steps) + 1)
    np.cumsum(steps, out=walked[1:])
    return walked


def _ring(coordinates: Sequence[tuple[Floats, Floats, Floats, Floats]]) -> Floats:
    """Put what each quarter has at its nodes, `(n + 1,)` per coordinate, in the order of the seam `(4 n, d)`."""
    count = len(coordinates[0][0]) - 1
    ring = np.empty((4 * count, len(coordinates)))
    for column, (first, second, third, fourth) in enumerate(coordinates):
        ring[:count, column], ring[count : 2 * count, column] = first[:-1], second[:0:-1]
        ring[2 * count : 3 * count, column], ring[3 * count :, column] = third[:-1], fourth[:0:-1]
    return ring


def _ladder(start: int, count: int, *, turned: bool) -> Indices:
    """Triangulate between the two ways around the seam, from one vertex to the opposite one.

    Args:
        start: number of the vertex, on a seam of `4 count`.
        count: edges of a quarter.
        turned: whether the way ahead is on the right.

    Returns:
        `(4 count - 2, 3)`.
    """
    steps = np.arange(2 * count + 1, dtype=np.int32)
    around = np.int32(4 * count)
    ahead, back = start + steps, start - steps
    ahead[ahead >= around] -= around
    back[back < 0] += around
    left, right = (back, ahead) if turned else (ahead, back)
    triangles = np.empty((4 * count, 3), np.int32)
    lower, upper = triangles[: 2 * count], triangles[2 * count :]
    lower[:, 0], lower[:, 1], lower[:, 2] = left[:-1], right[:-1], left[1:]
    upper[:, 0], upper[:, 1], upper[:, 2] = left[1:], right[:-1], right[1:]
    return triangles[1:-1]  # both ends have no width


def _without(triangles: Indices, keep: NDArray[np.bool_]) -> Indices:
    """Leave vertices out of a ladder: each is joined to one of its neighbours on the straight edge it is on."""
    number = np.cumsum(keep, dtype=np.int32) - np.int32(1)
    count = len(keep)
    onto = np.where(keep, number, number[(np.arange(count) + 1) % count])
    moved = onto[triangles]
    kept = (moved != np.roll(moved, 1, axis=1)).all(axis=1)
    return np.asarray(moved[kept])
