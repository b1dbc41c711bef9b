"""Plane curves by their natural equation."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from maskplay.geometry.tabulated import Floats, Tabulated


class Curve:
    """A convex plane arc, known by how far it has turned after each arc length.

    It starts at the origin, heading along +y, and turns to the left. Corners are jumps of the turning.

    >>> half_circle = Curve.of(lambda s: s, [0, np.pi])
    >>> half_circle.point(np.pi / 2).round(12).tolist()
    [-1.0, 1.0]
    """

    def __init__(self, turned: Tabulated, breaks: Sequence[float] | Floats) -> None:
        """Wrap a table.

        Args:
            turned: radians turned, over arc length from 0.
            breaks: arc lengths from 0 to the length, with all corners and joints.
        """
        self.turned = turned
        self.breaks = np.asarray(breaks, float)

    @classmethod
    def of(cls, turned: Callable[[Floats], Floats], breaks: Sequence[float] | Floats) -> "Curve":
        """Make a curve from a function.

        Args:
            turned: gives radians for arc lengths, `(n,)`; ascending.
            breaks: arc lengths from 0 to the length, with all corners and joints.
        """
        return cls(Tabulated.of(turned, breaks), breaks)

    @classmethod
    def of_arcs(
        cls, lengths: Sequence[float], turns: Sequence[float], corners: Sequence[float] = ()
    ) -> "Curve":
        """Make a curve of straight lines and circular arcs.

        Args:
            lengths: of each piece, in order; pieces without length are left out.
            turns: the radians by which each piece turns; 0 for a straight line.
            corners: the radians turned before each piece; none where left out.
        """
        edges, series, turned = [0.0], [], 0.0
        for number, (length, turn) in enumerate(zip(lengths, turns, strict=True)):
            turned += corners[number] if number < len(corners) else 0.0
            if length > 0:
                edges.append(edges[-1] + length)
                series.append([turned + turn / 2, turn / 2])
            turned += turn
        return cls(Tabulated(np.array(edges), np.array(series)), edges)

    @property
    def length(self) -> float:
        """The arc length of the whole."""
        return float(self.turned.edges[-1])

    def turning(self, at: ArrayLike) -> Floats:
        """Give the radians turned at arc lengths of any shape; right of a corner where there is one."""
        return self.turned(at)

    def point(self, at: ArrayLike) -> Floats:
        """Give points `(…, 2)` at arc lengths `(…)`."""
        return np.stack([-self._across(at), self._along(at)], axis=-1)

    @cached_property
    def _across(self) -> Tabulated:
        return Tabulated.of(lambda s: np.sin(self.turned(s)), self.turned.edges).integral()

    @cached_property
    def _along(self) -> Tabulated:
        return Tabulated.of(lambda s: np.cos(self.turned(s)), self.turned.edges).integral()

    def scaled(self, factor: float) -> "Curve":
        """Give the same shape at another size."""
        return Curve(self.turned.stretched(factor), self.breaks * factor)

    def backwards(self, turned: float) -> "Curve":
        """Give the curve that is walked from the other end, and mirrored so that it turns to the left as well.

        Args:
            turned: radians by which the curve turns in all, a corner at its very end included.
        """
        there = self.turned.reversed()
        series = -there.series
        series[:, 0] += turned
        return Curve(Tabulated(there.edges, series), self.length - self.breaks[::-1])
