"""Outlines of paths that anybody may have drawn."""

import numpy as np

from maskplay.geometry.curve import Curve
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.outline import BACK, Outline
from maskplay.geometry.parametric import Path, natural
from maskplay.geometry.sizes import positive
from maskplay.geometry.tabulated import Floats, Tabulated

_GAP = 1e-6  # share of the size that start and end may be apart
_SAMPLES = 16  # on each stretch between two joints


def closed(path: Path, name: str) -> Outline:
    """Check a path and make an outline of it.

    Args:
        path: walked once around, in either sense.
        name: what errors call it.

    Raises:
        GluingError: if it is no finite closed convex curve with an inside; why, and where.
    """
    drawn = _drawn(path, name)
    if _signed_area(drawn) < 0:
        path, drawn = path.backwards(), drawn[::-1]
    turned, breaks = natural(path)
    back, at = _turned_back(turned)
    corner = _first_corner(path)
    if -corner > back:
        back, at = -corner, 0.0
    around = float(turned(turned.edges[-1], "left")) + corner
    if back > BACK or abs(around - 2 * np.pi) > BACK:
        crossing = _crossing(drawn)
        if crossing is not None:
            raise GluingError(f"{name} crosses itself near {_shown(crossing)}. A sheet's edge must not.")
        place = drawn[np.argmin(np.abs(_walked(drawn) - at))]
        raise GluingError(
            f"{name} is not convex: it turns back by {np.degrees(back):.3g}° near {_shown(place)}. "
            "Only convex sheets can be glued; round it off there."
        )
    return Outline(Curve(turned, breaks), mirrored=False, name=name)


def _drawn(path: Path, name: str) -> Floats:
    """Give points `(n, 2)` all along a path, the first one again at the end.

    Raises:
        GluingError: if they are no closed curve with an inside.
    """
    steps = np.linspace(0, 1, _SAMPLES, endpoint=False)
    t = (path.joints[:-1, None] + np.diff(path.joints)[:, None] * steps).ravel()
    points = path.point(np.append(t, path.joints[-1]))
    if not np.isfinite(points).all():
        raise GluingError(f"{name} has coordinates that are no finite numbers.")
    size = float(np.ptp(points, axis=0).max())
    if size == 0:
        raise GluingError(f"{name} has no size: all of its points are {_shown(points[0])}.")
    positive(f"{name}'s size", [size])
    gap = float(np.linalg.norm(points[-1] - points[0]))
    if gap > _GAP * size:
        raise GluingError(
            f"{name} is not closed: it starts at {_shown(points[0])} and ends at {_shown(points[-1])}. "
            "Let it end where it starts (Z in a path)."
        )
    if abs(_signed_area(points)) < 1e-9 * size**2 and _crossing(points) is None:
        raise GluingError(f"{name} has no inside: it goes back the way it came.")
    return points


def _signed_area(points: Floats) -> float:
    x, y = points.T - points[:1].T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def _turned_back(turned: Tabulated) -> tuple[float, float]:
    """Give by how much a turning descends, at most, and at which arc length."""
    steps = np.linspace(0, 1, 9)
    s = turned.edges[:-1, None] + np.diff(turned.edges)[:, None] * steps
    inside = turned(s[:, 1:-1])
    ends = turned(turned.edges[:-1])[:, None], turned(turned.edges[1:], "left")[:, None]
    values = np.concatenate([ends[0], inside, ends[1]], axis=1).ravel()
    back = np.maximum.accumulate(values) - values
    worst = int(np.argmax(back >= back.max() - 1e-9))  # where it has just turned back, not farther on
    return float(back[worst]), float(s.ravel()[worst])


def _first_corner(path: Path) -> float:
    """Give what a curve turns at the point where it starts and ends."""
    inset = 1e-9 * np.diff(path.joints)[[0, -1]]
    start, end = path.velocity(np.array([path.joints[0] + inset[0], path.joints[-1] - inset[1]]))
    return float(np.arctan2(end[0] * start[1] - end[1] * start[0], end @ start))


def _crossing(points: Floats) -> Floats | None:
    """Find where a closed polygon `(n + 1, 2)` crosses itself, `(2,)`; None where it does not."""
    start, along = points[:-1], np.diff(points, axis=0)
    count = len(start)
    for i in range(count - 2):
        others = slice(i + 2, count - (i == 0))
        apart, other = start[others] - start[i], along[others]
        determinant = along[i, 0] * other[:, 1] - along[i, 1] * other[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            mine = (apart[:, 0] * other[:, 1] - apart[:, 1] * other[:, 0]) / determinant
            theirs = (apart[:, 0] * along[i, 1] - apart[:, 1] * along[i, 0]) / determinant
        met = (mine >= 0) & (mine < 1) & (theirs >= 0) & (theirs < 1)
        if met.any():
            return np.asarray(start[i] + mine[np.argmax(met)] * along[i])
    return None


def _walked(points: Floats) -> Floats:
    """Give the length of a polygon `(n, 2)` up to each point but the last."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))[:-1]])


def _shown(point: Floats) -> str:
    return f"({point[0]:.4g}, {point[1]:.4g})"
