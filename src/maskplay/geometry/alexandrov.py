"""The one convex body of a given surface."""

from typing import NamedTuple

import numpy as np

from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.surface import NEEDLE, Surface
from maskplay.geometry.tabulated import Floats

_STEPS = 400
_SMALLEST_STEP = 1e-4
_FACTORS = (2.0, 8.0, 32.0)  # of the smallest radii: far out the path is certain, near it is short
_CLOSED = 1e-12  # radians that are missing around an axis of a closed body: no step is worth while
_ROUNDING = 1e-8  # radians that may be missing where no step helps: thin triangles magnify rounding


class Pyramids(NamedTuple):
    """A surface whose triangles are the feet of pyramids with one apex.

    Attributes:
        curvature: `(n,)`: 2π minus the angles of the pyramids around the axis to each vertex; 0 if they close.
        slope: `(n, n)`: the derivatives of the curvatures by the radii.
    """

    curvature: Floats
    slope: Floats


def alexandrov(surface: Surface, count: int) -> tuple[Surface, Floats]:
    """Find the distances of the vertices of a convex body from a point inside of it.

    Every closed surface of triangles in which the angles at each vertex are less than 2π is that of one convex body
    (Alexandrov). Bobenko and Izmestiev find it by pyramids upon all triangles with a common apex: with large radii
    something is missing around each radius; Newton's method closes all gaps in proportion, while edges that become
    valleys are flipped. On the way the derivatives are never singular, if all angles are less than 2π.

    Args:
        surface: changed on the way.
        count: of its vertices.

    Returns:
        The surface with the edges of the body, and the radii `(count,)`.

    Raises:
        GluingError: if the gaps do not close: the body is too flat, or triangles are too thin for floating point.
    """
    smallest, worst = _start(surface, count), np.inf
    for factor in _FACTORS:
        surface.unfold(factor * smallest)
        found, radii, missing = _close(surface.copy(), factor * smallest)
        if missing <= _ROUNDING:
            return found, radii
        worst = min(worst, missing)
    raise GluingError(
        f"The surface does not close: {worst:.2g} rad are missing around a vertex. The body is nearly flat, or the "
        "edges of the seam are too many or too uneven for floating point."
    )


def _close(surface: Surface, radii: Floats) -> tuple[Surface, Floats, float]:
    """Follow the path from some radii; give the surface, the radii and the largest gap where it ends."""
    state = pyramids(surface, radii)
    if state is None:
        return surface, radii, np.inf
    gaps, share, step = state.curvature, 1.0, 0.5
    for _ in range(_STEPS):
        worst = float(np.abs(state.curvature).max())
        if worst <= _CLOSED:
            break
        aim = share * (1 - step) * gaps
        try:
            moved = radii + np.linalg.solve(state.slope, aim - state.curvature)
        except np.linalg.LinAlgError:  # the body is flat
            break
        tried = surface.copy()
        after = pyramids(tried, moved) if (moved > 0).all() and tried.unfold(moved) else None
        if after is not None and _arrived(after.curvature, aim, worst):
            surface, radii, state = tried, moved, after
            share, step = share * (1 - step), min(1.0, 2 * step)
        elif worst <= _ROUNDING or step < _SMALLEST_STEP:
            break
        else:
            step /= 2
    return surface, radii, float(np.abs(state.curvature).max())


def _arrived(gaps: Floats, aim: Floats, worst: float) -> bool:
    """Whether a step led where it should: gaps in proportion to those at first, or at the end hardly any."""
    if not aim.any():
        return bool(np.abs(gaps).max() <= 0.1 * worst)
    return bool((gaps >= 0.5 * aim).all() and (gaps <= 2 * aim).all())


def _start(surface: Surface, count: int) -> Floats:
    """Choose equal radii, as small as is certain to leave a gap at each vertex."""
    radius = max(surface.length)
    for _ in range(60):
        radii = np.full(count, radius)
        if surface.unfold(radii):
            state = pyramids(surface, radii)
            if state is not None and (state.curvature > 0).all():
                return radii
        radius *= 1.5
    raise GluingError("The surface has no pyramids to begin with; is every angle sum less than 2π?")


def pyramids(surface: Surface, radii: Floats) -> Pyramids | None:
    """Put pyramids upon all triangles.

    Args:
        surface: gives the triangles.
        radii: distances of the vertices from the apex, `(n,)`.

    Returns:
        The gaps and their derivatives; None if some triangle cannot be reached.
    """
    corner = np.array(surface.origin).reshape(-1, 3)
    length = np.array(surface.length).reshape(-1, 3)
    r = radii[corner]
    x, y, apex, height = feet(length, r)
    if not (height > 0).all():
        return None
    height = np.sqrt(height)
    zero = np.zeros_like(x)
    points = np.stack(
        [np.stack([zero, zero], 1), np.stack([length[:, 0], zero], 1), np.stack([x, y], 1)], axis=1
    )
    ahead = np.roll(points, -1, axis=1) - points
    to_apex = apex[:, None] - points
    # Distance of the apex' foot from each edge, inwards, and the cotangent of the angle that the pyramid has there.
    inward = (ahead[..., 0] * to_apex[..., 1] - ahead[..., 1] * to_apex[..., 0]) / length
    cotangent = inward / height[:, None]
    slant = inward**2 + height[:, None] ** 2

    axis = np.concatenate([to_apex, np.broadcast_to(height[:, None, None], (*inward.shape, 1))], axis=2)
    axis /= r[..., None]
    flat = np.concatenate([ahead, np.zeros((*inward.shape, 1))], axis=2)
    back = -np.roll(flat, 1, axis=1)
    one, other = (arm - axis * (arm * axis).sum(axis=2, keepdims=True) for arm in (flat, back))
    angle = np.arctan2(np.linalg.norm(np.cross(one, other), axis=2), (one * other).sum(axis=2))
    count = len(radii)
    curvature = 2 * np.pi - np.bincount(corner.ravel(), angle.ravel(), count)

    following = np.roll(corner, -1, axis=1)
    next_r = radii[following]
    weight = cotangent * r * next_r / (length * slant)
    between = (r**2 + next_r**2 - length**2) / (2 * r * next_r)
    slope = np.zeros((count, count))
    np.add.at(slope, (corner, following), weight)
    np.add.at(slope, (following, corner), weight)
    np.add.at(slope, (corner, corner), -weight * between)
    np.add.at(slope, (following, following), -weight * between)
    return Pyramids(np.asarray(curvature, float), slope)


def feet(length: Floats, r: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Lay triangles `(m, 3)` flat, corner 0 at the origin and corner 1 on the axis of x.

    Returns:
        Corner 2 as x and y `(m,)`, the foot of the apex `(m, 2)` and its squared height `(m,)`.
    """
    width, far, near = length.T
    x = (width**2 + (near - far) * (near + far)) / (2 * width)
    low, middle, high = np.sort(length, axis=1).T
    squared = (
        (high + (middle + low)) * (low - (high - middle)) * (low + (high - middle)) * (high + (middle - low))
    )
    y = np.maximum(np.sqrt(np.maximum(squared, 0)) / (2 * width), NEEDLE * width)
    foot_x = (r[:, 0] ** 2 - r[:, 1] ** 2 + width**2) / (2 * width)
    foot_y = (r[:, 0] ** 2 - r[:, 2] ** 2 + x**2 + y**2 - 2 * foot_x * x) / (2 * y)
    return x, y, np.stack([foot_x, foot_y], axis=1), r[:, 0] ** 2 - foot_x**2 - foot_y**2
