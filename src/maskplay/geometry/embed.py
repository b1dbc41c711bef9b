"""From a surface and radii to points in space."""

from heapq import heappop, heappush

import numpy as np

from maskplay.geometry.alexandrov import feet
from maskplay.geometry.surface import Surface
from maskplay.geometry.tabulated import Floats

_TRUE = 1e-14  # relative error of an edge that is not worth another step


def embed(surface: Surface, radii: Floats) -> Floats:
    """Place the vertices of a closed body, `(n, 3)`.

    Each triangle with the point inside is rigid; neighbours are turned until they meet, the longest edges first, so
    that rounding does not add up. Then all edges are made true at once.

    Args:
        surface: of the body.
        radii: distances of the vertices from the origin.
    """
    corners = _corners(surface, radii)
    frames = {0: np.eye(3)}
    waiting = [(-surface.length[half], half) for half in range(3)]
    while waiting:
        _, half = heappop(waiting)
        here, twin = half // 3, surface.twin[half]
        there = twin // 3
        if there in frames:
            continue
        mine = _axes(corners[here, half % 3], corners[here, (half + 1) % 3])
        theirs = _axes(corners[there, (twin + 1) % 3], corners[there, twin % 3])
        frames[there] = frames[here] @ mine @ theirs.T
        for side in range(3 * there, 3 * there + 3):
            heappush(waiting, (-surface.length[side], side))
    places = np.zeros((len(radii), 3))
    seen = np.zeros(len(radii))
    for face, frame in frames.items():
        for corner in range(3):
            vertex = surface.origin[3 * face + corner]
            places[vertex] += frame @ corners[face, corner]
            seen[vertex] += 1
    return _polished(surface, places / seen[:, None])


def _corners(surface: Surface, radii: Floats) -> Floats:
    """Give the corners of each triangle, `(m, 3, 3)`, with the point inside at the origin and below the triangle."""
    r = radii[np.array(surface.origin).reshape(-1, 3)]
    length = np.array(surface.length).reshape(-1, 3)
    x, y, foot, height = feet(length, r)
    zero = np.zeros_like(x)
    flat = np.stack([np.stack([zero, length[:, 0], x], axis=1), np.stack([zero, zero, y], axis=1)], axis=2)
    up = np.broadcast_to(np.sqrt(np.maximum(height, 0))[:, None, None], (*r.shape, 1))
    return np.concatenate([flat - foot[:, None], up], axis=2)


def _axes(start: Floats, end: Floats) -> Floats:
    """Give axes `(3, 3)`, as columns: along an edge, and perpendicular to its plane with the origin."""
    along = (end - start) / np.linalg.norm(end - start)
    normal = np.cross(start, end)
    normal /= np.linalg.norm(normal)
    return np.stack([along, normal, np.cross(along, normal)], axis=1)


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
