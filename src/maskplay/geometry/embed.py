"""From a surface and radii to points in space."""

import numpy as np

from maskplay.geometry.surface import Surface
from maskplay.geometry.tabulated import Floats

_TRUE = 1e-14  # relative error of an edge that is not worth another step


def embed(surface: Surface, radii: Floats) -> Floats:
    """Place the vertices of a closed body, `(n, 3)`.

    They are placed from triangle to triangle around the point inside; then all edges are made true at once.

    Args:
        surface: of the body.
        radii: distances of the vertices from the origin.
    """
    origin, length, twin = surface.origin, surface.length, surface.twin
    places = np.full((len(radii), 3), np.nan)
    first, second = origin[0], origin[1]
    places[first] = [0, 0, radii[first]]
    up = (radii[first] ** 2 + radii[second] ** 2 - length[0] ** 2) / (2 * radii[first])
    places[second] = [np.sqrt(max(0.0, radii[second] ** 2 - up**2)), 0, up]
    waiting, done = [0], set[int]()
    while waiting:
        half = waiting.pop(0)
        if half // 3 in done:
            continue
        done.add(half // 3)
        following, before = (half + d - (3 if half % 3 + d > 2 else 0) for d in (1, 2))
        i, j, k = origin[half], origin[following], origin[before]
        if np.isnan(places[k, 0]):
            places[k] = _third(places[i], places[j], length[before], length[following], radii[k])
        waiting.extend(twin[side] for side in (half, following, before))
    return _polished(surface, places)


def _third(a: Floats, b: Floats, to_a: float, to_b: float, radius: float) -> Floats:
    """Place the third corner of a triangle that is anticlockwise seen from outside, by its distances."""
    # q · a, q · b and |q| are known: two components in the plane of a and b, the rest along a × b.
    normal = np.cross(a, b)
    known = np.array([(radius**2 + a @ a - to_a**2) / 2, (radius**2 + b @ b - to_b**2) / 2])
    gram = np.array([[a @ a, a @ b], [a @ b, b @ b]])
    inside = np.linalg.solve(gram, known)
    flat = inside[0] * a + inside[1] * b
    rest = np.sqrt(max(0.0, radius**2 - flat @ flat))
    return np.asarray(flat + rest * normal / np.linalg.norm(normal))


def _polished(surface: Surface, places: Floats) -> Floats:
    """Move vertices as little as makes all edges as long as they should be, by Newton's method."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import spsolve

    halves = np.array([half for half, twin in enumerate(surface.twin) if half < twin])
    origin, length = np.array(surface.origin), np.array(surface.length)[halves]
    ends = origin[halves], origin[np.array(surface.twin)[halves]]
    rows = np.repeat(np.arange(len(halves)), 6)
    columns = np.concatenate([3 * end[:, None] + np.arange(3) for end in ends], axis=1).ravel()
    best = np.inf
    for _ in range(6):
        along = places[ends[0]] - places[ends[1]]
        error = np.linalg.norm(along, axis=1) - length
        worst = float(np.abs(error / length).max())
        if worst <= _TRUE or worst >= best:
            break
        best = worst
        unit = along / np.linalg.norm(along, axis=1, keepdims=True)
        rates = csr_array(
            (np.concatenate([unit, -unit], axis=1).ravel(), (rows, columns)), shape=(len(halves), places.size)
        )
        moves = rates.T @ spsolve((rates @ rates.T).tocsc(), -error)
        places = places + moves.reshape(-1, 3)
    return places
