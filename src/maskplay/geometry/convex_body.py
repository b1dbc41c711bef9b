"""The convex polyhedron of two glued polygons."""

import numpy as np
from numpy.typing import NDArray

from maskplay.geometry.alexandrov import alexandrov
from maskplay.geometry.embed import embed
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.mesh import FlatSheet, Indices, Mesh
from maskplay.geometry.surface import Surface
from maskplay.geometry.tabulated import Floats

_CROSSING = 1e-6  # relative error of an edge: no rounding, but an edge that is in neither sheet


def convex_body(polygons: tuple[Floats, Floats], names: tuple[str, str]) -> Mesh:
    """Glue two convex polygons, vertex by vertex.

    Args:
        polygons: `(n, 2)` each, seen from either side; edges with the same number are equally long.
        names: of the sheets.

    Raises:
        GluingError: if the body is too flat to be found, or if one of its edges crosses the seam, which happens where
            sheets have few corners and no curved edges.
    """
    count = len(polygons[0])
    surface, radii = alexandrov(glued(polygons), count)
    triangles = np.array(surface.origin, np.int32).reshape(-1, 3)
    # In the first sheet the vertices of a triangle ascend, in the second one they descend.
    ascends = np.sign(np.roll(triangles, -1, axis=1) - triangles).sum(axis=1) > 0
    vertices = embed(_exact(surface, triangles, ascends, polygons), radii)
    sheets = [
        FlatSheet(name, triangles[own], polygon)
        for name, own, polygon in zip(names, (ascends, ~ascends), polygons, strict=True)
    ]
    mesh = Mesh(vertices - vertices.mean(axis=0), (sheets[0], sheets[1]))
    if mesh.edge_error > _CROSSING:
        raise GluingError(
            f"In the body of {names[0]} and {names[1]} at this offset an edge crosses the seam, so it is no mesh of "
            "two sheets. Round the corners of the sheets, or take another offset."
        )
    return mesh


def _exact(
    surface: Surface, triangles: Indices, ascends: NDArray[np.bool_], polygons: tuple[Floats, Floats]
) -> Surface:
    """Measure the edges in the sheets: flipping needles, as there are on straight edges, has blurred them."""
    ends = triangles, np.roll(triangles, -1, axis=1)
    flat = [np.linalg.norm(polygon[ends[0]] - polygon[ends[1]], axis=2) for polygon in polygons]
    measured = np.where(ascends[:, None], flat[0], flat[1]).ravel()
    known = np.array(surface.length)
    close = np.abs(measured - known) <= _CROSSING * known
    exact = np.where(close, measured, known).tolist()
    return Surface(surface.origin, exact, surface.twin, surface.sheet, surface.places)


def flat_body(polygon: Floats, names: tuple[str, str]) -> Mesh:
    """Glue a polygon to its mirror image: both lie upon each other.

    Args:
        polygon: `(n, 2)`, anticlockwise.
        names: of the sheets.
    """
    triangles = zigzag(len(polygon))
    vertices = np.concatenate([polygon - polygon.mean(axis=0), np.zeros((len(polygon), 1))], axis=1)
    first, second = (
        FlatSheet(name, own, polygon)
        for name, own in zip(names, (triangles, triangles[:, ::-1]), strict=True)
    )
    return Mesh(vertices, (first, second))


def zigzag(count: int) -> Indices:
    """Triangulate a convex polygon between its two sides: `(count - 2, 3)`, anticlockwise."""
    order = np.empty(count, np.int32)
    order[0] = 0
    order[1::2] = np.arange(1, count // 2 + 1)
    order[2::2] = count - np.arange(1, (count - 1) // 2 + 1)
    return np.sort(np.stack([order[:-2], order[1:-1], order[2:]], axis=1), axis=1)


def glued(polygons: tuple[Floats, Floats]) -> Surface:
    """Make one surface of two triangulated polygons `(n, 2)`; see `convex_body`."""
    count = len(polygons[0])
    triangles = zigzag(count)
    both = np.concatenate([triangles, triangles[:, ::-1]])
    sides = [np.linalg.norm(np.roll(polygon, -1, axis=0) - polygon, axis=1) for polygon in polygons]
    seam = (sides[0] + sides[1]) / 2
    origin, length = both.ravel().tolist(), []
    twin, waiting = [0] * both.size, dict[tuple[int, int, int], int]()
    for half, start in enumerate(origin):
        sheet = int(half >= triangles.size)
        end = origin[half - 2 if half % 3 == 2 else half + 1]
        low, high = min(start, end), max(start, end)
        on_seam = high - low in (1, count - 1)
        flat = float(np.linalg.norm(polygons[sheet][start] - polygons[sheet][end]))
        length.append(float(seam[low if high - low == 1 else high]) if on_seam else flat)
        key = (low, high, 2 if on_seam else sheet)
        if key in waiting:
            twin[half] = waiting.pop(key)
            twin[twin[half]] = half
        else:
            waiting[key] = half
    places = _walked(polygons[0], 1), _walked(polygons[1], -1)
    return Surface(origin, length, twin, [0] * len(triangles) + [1] * len(triangles), places)


def _walked(polygon: Floats, sense: int) -> list[complex]:
    """Give corners as complex numbers, seen from the side from which they are anticlockwise (1) or clockwise (-1)."""
    x, y = polygon.T
    area = float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())
    return [complex(a, b if area * sense > 0 else -b) for a, b in polygon.tolist()]
