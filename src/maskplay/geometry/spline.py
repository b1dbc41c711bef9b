"""Smooth outlines through points, and polygons."""

import numpy as np
from numpy.typing import ArrayLike

from maskplay.geometry.closed import closed
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.outline import Outline
from maskplay.geometry.parametric import Path
from maskplay.geometry.tabulated import Floats


def spline(points: ArrayLike, name: str = "spline") -> Outline:
    """Make a smooth closed curve through points: a periodic cubic spline over the length of the chords.

    Args:
        points: `(n, 2)`, at least 3, in order; the first one may stand again at the end.
        name: what errors, figures and patterns call it.

    Raises:
        GluingError: if the points are no such list, or the curve through them crosses itself or is not convex.

    >>> round(spline([[2, 0], [0, 2], [-2, 0], [0, -2]]).perimeter, 3)
    12.391
    """
    from scipy.interpolate import CubicSpline

    corners = _listed(points, name)
    knots = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    through = CubicSpline(knots, corners, bc_type="periodic")
    return closed(Path(through, through.derivative(), knots), name)


def polygon(points: ArrayLike, name: str = "polygon") -> Outline:
    """Make a polygon.

    Args:
        points: its corners `(n, 2)`, at least 3, in order; the first one may stand again at the end.
        name: what errors, figures and patterns call it.

    Raises:
        GluingError: if the points are no such list, or the polygon crosses itself or is not convex.

    >>> round(polygon([[0, 0], [3, 0], [3, 4]]).area, 12)
    6.0
    """
    corners = _listed(points, name)
    sides = np.diff(corners, axis=0)

    def point(t: Floats) -> Floats:
        side = np.minimum(t.astype(int), len(sides) - 1)
        return np.asarray(corners[side] + (t - side)[:, None] * sides[side])

    def velocity(t: Floats) -> Floats:
        return np.asarray(sides[np.minimum(t.astype(int), len(sides) - 1)])

    return closed(Path(point, velocity, np.arange(len(sides) + 1.0)), name)


def _listed(points: ArrayLike, name: str) -> Floats:
    """Check points, drop those that stand twice in a row, and let the last one be the first."""
    listed = np.asarray(points, float)
    if listed.ndim != 2 or listed.shape[1] != 2 or len(listed) < 3:
        raise GluingError(
            f"{name} must be a list of at least 3 points (x, y). Received: an array of shape {listed.shape}"
        )
    if not np.isfinite(listed).all():
        row = int(np.argmin(np.isfinite(listed).all(axis=1)))
        raise GluingError(
            f"{name} must have finite coordinates. Received: {listed[row].tolist()} as point {row + 1}"
        )
    listed = listed[np.concatenate([[True], (np.diff(listed, axis=0) != 0).any(axis=1)])]
    if (listed[0] != listed[-1]).any():
        listed = np.concatenate([listed, listed[:1]])
    if len(listed) < 4:
        raise GluingError(f"{name} must have at least 3 points that differ. Received: {len(listed) - 1}")
    return listed
