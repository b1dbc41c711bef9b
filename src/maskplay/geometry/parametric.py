"""From a curve in any parameter to its natural equation."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from maskplay.geometry.tabulated import Floats, Tabulated

_PIECES = 4  # parts of a smooth stretch that are looked at for themselves: none turns by half a round
_NEWTON = 60


class Path(NamedTuple):
    """A plane curve in any parameter.

    Attributes:
        point: gives points `(n, 2)` at parameters `(n,)`.
        velocity: gives derivatives `(n, 2)`; is never asked at a joint.
        joints: `(m,)`, ascending: where it starts, where it is not smooth, where it ends.
    """

    point: Callable[[Floats], Floats]
    velocity: Callable[[Floats], Floats]
    joints: Floats

    def backwards(self) -> "Path":
        """Give the same curve walked from its end."""
        both = self.joints[0] + self.joints[-1]
        return Path(
            lambda t: self.point(both - t), lambda t: -self.velocity(both - t), both - self.joints[::-1]
        )


def natural(path: Path, heading: float | None = None) -> tuple[Tabulated, Floats]:
    """Tabulate what a curve has turned over its arc length.

    Args:
        path: the curve.
        heading: the direction, in radians, that counts as not turned; None for the one at the start.

    Returns:
        The table of the turning, and the arc lengths `(m,)` of the joints.
    """
    steps = np.linspace(0, 1, _PIECES, endpoint=False)
    parts = np.append(
        (path.joints[:-1, None] + np.diff(path.joints)[:, None] * steps).ravel(), path.joints[-1]
    )
    lengths, speed = _lengths(path, parts)
    reached = lengths(parts)
    reached[0] = 0.0
    start, end = _headings(path, parts)
    turns, corners = _wrapped(end - start), _wrapped(start[1:] - end[:-1])
    first = 0.0 if heading is None else float(_wrapped(start[:1] - heading)[0])
    turned = first + np.concatenate([[0.0], np.cumsum(turns[:-1] + corners)])

    def turning(s: Floats) -> Floats:
        part = np.clip(np.searchsorted(reached, s, side="right") - 1, 0, len(turned) - 1)
        t = _invert(lengths, speed, s, parts[part], parts[part + 1])
        velocity = path.velocity(t)
        return turned[part] + _wrapped(np.arctan2(velocity[:, 1], velocity[:, 0]) - start[part])

    breaks = reached[::_PIECES]
    return Tabulated.of(turning, breaks), breaks


def _lengths(path: Path, parts: Floats) -> tuple[Tabulated, Callable[[Floats], Floats]]:
    """Tabulate arc length over the parameter."""
    middle = (parts[1:] + parts[:-1]) / 2
    size = float(np.linalg.norm(path.velocity(middle), axis=1).max())

    def speed(t: Floats) -> Floats:
        return np.asarray(np.linalg.norm(path.velocity(t), axis=1))

    # In units of the curve's own size: tables end at a tail that is small against 1.
    table = Tabulated.of(lambda t: speed(t) / size, parts).integral()
    return Tabulated(table.edges, table.series * size), speed


def _invert(
    lengths: Tabulated, speed: Callable[[Floats], Floats], s: Floats, low: Floats, high: Floats
) -> Floats:
    """Find the parameters of arc lengths, by Newton's method kept between bounds."""
    reached = lengths(lengths.edges)
    t = np.interp(s, reached, lengths.edges)
    for _ in range(_NEWTON):
        excess = lengths(t) - s
        low, high = np.where(excess <= 0, t, low), np.where(excess >= 0, t, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = excess / speed(t)
        aim = t - step
        inside = (aim >= low) & (aim <= high)
        moved = np.where(inside, aim, (low + high) / 2)
        done = np.abs(moved - t) <= 4e-16 * np.abs(t)
        t = moved
        if (done | (np.abs(excess) <= 1e-16 * reached[-1])).all():
            break
    return np.clip(t, lengths.edges[0], lengths.edges[-1])


def _headings(path: Path, parts: Floats) -> tuple[Floats, Floats]:
    """Give the directions `(n,)` at the start and at the end of each part, from just inside."""
    inset = 1e-9 * np.diff(parts)
    found = [path.velocity(parts[:-1] + inset), path.velocity(parts[1:] - inset)]
    start, end = (np.arctan2(velocity[:, 1], velocity[:, 0]) for velocity in found)
    return start, end


def _wrapped(angle: Floats) -> Floats:
    """Bring angles to [-π, π)."""
    return np.asarray(np.mod(angle + np.pi, 2 * np.pi) - np.pi)
