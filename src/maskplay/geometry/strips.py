"""A mesh of flat strips between rulings."""

from typing import TYPE_CHECKING

import numpy as np

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

    # A vertex in the middle of a straight edge of both sheets is none.
    keep = np.ones(4 * count, bool)
    keep[[0, 2 * count]] = max(alpha[0], beta[0]) > _STRAIGHT
    keep[[count, 3 * count]] = min(alpha[-1], beta[-1]) < np.pi / 2 - _STRAIGHT
    number = np.cumsum(keep, dtype=np.int32) - np.int32(1)

    def ladder(start: int, *, outward: bool) -> Indices:
        steps = np.arange(2 * count + 1)
        left, right = (start + steps) % (4 * count), (start - steps) % (4 * count)
        one, other = number[left[keep[left]]], number[right[keep[right]]]
        return _ladder(one, other) if outward else _ladder(other, one)

    vertices = np.stack([_ring(x, x, x, x), _ring(y, y, -y, -y), _ring(z, -z, -z, z)], axis=1)
    beyond = 2 * depth[-1] - depth
    bent = np.stack([_ring(depth, beyond, beyond, depth), vertices[:, 1]], axis=1)
    crossing = np.stack([_ring(along, along, -along, -along), vertices[:, 2]], axis=1)
    return Mesh(
        vertices[keep],
        (
            FlatSheet(solid.sheets[0].name, ladder(0, outward=True), bent[keep]),
            FlatSheet(solid.sheets[1].name, ladder(count, outward=False), crossing[keep]),
        ),
    )


def _walk(steps: Floats) -> Floats:
    """Add up steps `(n,)`, from 0: `(n + 1,)`."""
    walked = np.zeros(len(steps) + 1)
    np.cumsum(steps, out=walked[1:])
    return walked


def _ring(first: Floats, second: Floats, third: Floats, fourth: Floats) -> Floats:
    """Put values at the nodes of each quarter `(n + 1,)` in the order of the seam `(4 n,)`."""
    return np.concatenate([first[:-1], second[:0:-1], third[:-1], fourth[:0:-1]])


def _ladder(left: Indices, right: Indices) -> Indices:
    """Triangulate between two sides `(n,)` that may meet at their ends; anticlockwise if left ascends on the right."""
    lower = np.stack([left[:-1], right[:-1], left[1:]], axis=1)
    upper = np.stack([left[1:], right[:-1], right[1:]], axis=1)
    if left[0] == right[0]:
        lower = lower[1:]
    if left[-1] == right[-1]:
        upper = upper[:-1]
    return np.concatenate([lower, upper])
