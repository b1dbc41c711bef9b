"""Surfaces of triangles known by the lengths of their edges alone."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from maskplay.geometry.tabulated import Floats

NEEDLE = 1e-12
"""Height over length that a triangle has at least, also where its corners are on one straight edge of a sheet."""
_INWARDS = 1e-11  # share of the squared edge by which it may bulge inwards: rounding


class Hinge(NamedTuple):
    """The two triangles at a half-edge from i to j, laid out flat: i at the origin, j at `(length, 0)`.

    Attributes:
        length: of the edge.
        left: the corner on the left, `(x, y)`, y > 0.
        right: the corner on the right, y < 0.
    """

    length: float
    left: tuple[float, float]
    right: tuple[float, float]


class Surface:
    """A closed surface of triangles, by the lengths of the edges, and where known by plane sheets that they lie in.

    Lengths alone say little of a needle's height; coordinates in a sheet say all.

    Half-edge `3 f + c` runs along triangle f from its corner c to the next one. Several edges may join two vertices.

    Attributes:
        origin: the vertex that each half-edge starts at.
        length: of each half-edge.
        twin: the half-edge on the other side.
        sheet: the number of the sheet that each triangle lies in; -1 for one that lies in two.
        places: for each sheet, where in its plane each vertex is; seen from outside.
    """

    def __init__(
        self,
        origin: list[int],
        length: list[float],
        twin: list[int],
        sheet: list[int],
        places: tuple[list[complex], ...],
    ) -> None:
        """Take what the attributes say."""
        self.origin, self.length, self.twin, self.sheet, self.places = origin, length, twin, sheet, places

    def copy(self) -> "Surface":
        """Give another one to change."""
        return Surface(
            self.origin.copy(), self.length.copy(), self.twin.copy(), self.sheet.copy(), self.places
        )

    def hinge(self, half: int) -> Hinge:
        """Lay out the triangles on both sides of a half-edge."""
        x, y = self.corner(self.twin[half])
        width = self.length[half]
        return Hinge(width, self.corner(half), (width - x, -y))

    def corner(self, half: int) -> tuple[float, float]:
        """Lay out a triangle: give its third corner, when a half-edge is on the axis of x and starts at the origin."""
        sheet, width = self.sheet[half // 3], self.length[half]
        if sheet < 0:
            return _corner(width, self.length[_before(half)], self.length[_after(half)])
        i, j, k = (self.places[sheet][self.origin[one]] for one in (half, _after(half), _before(half)))
        at = (k - i) * (j - i).conjugate() / width
        return at.real, max(at.imag, NEEDLE * width)

    def bulge(self, half: int, radii: Floats) -> tuple[float, Hinge]:
        """Tell how far an edge bulges inwards, when each vertex has a given distance from a point inside.

        Both triangles then are the feet of pyramids with one apex. Seen from the left one, laid out flat, the right
        corner has some distance to the apex; if it really is farther away, the edge is a valley.

        Args:
            half: a half-edge.
            radii: of all vertices.

        Returns:
            The difference of the squared distances, positive for a valley; and the hinge.
        """
        hinge = self.hinge(half)
        (x, y), (u, v) = hinge.left, hinge.right
        here, there = radii[self.origin[half]] ** 2, radii[self.origin[_after(half)]] ** 2
        left = radii[self.origin[_before(half)]] ** 2
        right = radii[self.origin[_before(self.twin[half])]] ** 2
        apex_x = (here - there + hinge.length**2) / (2 * hinge.length)
        apex_y = (here - left + x * x + y * y - 2 * apex_x * x) / (2 * y)
        return float(right - (here + u * u + v * v - 2 * (apex_x * u + apex_y * v))), hinge

    def unfold(self, radii: Floats, halves: Iterable[int] | None = None) -> bool:
        """Flip valleys until the surface bulges outwards at every edge.

        Args:
            radii: distances of the vertices from the point inside, `(n,)`.
            halves: where valleys may be; None for everywhere.

        Returns:
            False if that cannot be reached: a valley is left whose triangles make no convex quadrilateral.
        """
        waiting = list(range(len(self.origin)) if halves is None else halves)
        stuck: set[int] = set()
        flips = 0
        while waiting:
            half = waiting.pop()
            inwards, hinge = self.bulge(half, radii)
            if inwards <= _INWARDS * hinge.length**2:
                stuck.discard(min(half, self.twin[half]))
                continue
            if not _convex(hinge) or half // 3 == self.twin[half] // 3:
                stuck.add(min(half, self.twin[half]))
                continue
            stuck.discard(min(half, self.twin[half]))
            waiting.extend(self.flip(half, hinge))
            flips += 1
            if flips > 40 * len(self.origin):
                return False
        return not any(self.bulge(half, radii)[0] > _INWARDS * self.length[half] ** 2 for half in stuck)

    def flip(self, half: int, hinge: Hinge) -> list[int]:
        """Put the other diagonal into the quadrilateral of two triangles.

        Args:
            half: the diagonal that goes.
            hinge: of it.

        Returns:
            The half-edges around.
        """
        twin = self.twin[half]
        one, other = half - half % 3, twin - twin % 3
        (x, y), (u, v) = hinge.left, hinge.right
        kept = self.sheet[half // 3]
        kept = kept if kept == self.sheet[twin // 3] else -1
        outer = (_after(twin), _before(half), _after(half), _before(twin))
        places = dict(zip(outer, (one, one + 2, other, other + 2), strict=True))
        partner = [self.twin[old] for old in outer]
        length, origin = [self.length[old] for old in outer], [self.origin[old] for old in outer]
        # i → l → k → i and j → k → l → j, where i → j was the edge, k on its left and l on its right.
        for old, mate, size, start in zip(outer, partner, length, origin, strict=True):
            place = places[old]
            mate = places.get(mate, mate)
            self.origin[place], self.length[place] = start, size
            self.twin[place], self.twin[mate] = mate, place
        self.origin[one + 1], self.origin[other + 1] = origin[3], origin[1]
        ends = origin[1], origin[3]
        exact = abs(self.places[kept][ends[0]] - self.places[kept][ends[1]]) if kept >= 0 else 0.0
        self.length[one + 1] = self.length[other + 1] = exact or math.hypot(x - u, y - v)
        self.sheet[half // 3] = self.sheet[twin // 3] = kept
        self.twin[one + 1], self.twin[other + 1] = other + 1, one + 1
        return list(places.values())


def _after(half: int) -> int:
    """Give the next half-edge of the triangle."""
    return half - 2 if half % 3 == 2 else half + 1


def _before(half: int) -> int:
    """Give the previous half-edge of the triangle."""
    return half + 2 if half % 3 == 0 else half - 1


def _corner(width: float, first: float, second: float) -> tuple[float, float]:
    """Give the corner, `(x, y)`, that is `first` away from the origin and `second` from `(width, 0)`."""
    x = (width * width + (first - second) * (first + second)) / (2 * width)
    # Heron's formula in Kahan's order: right for needles as well.
    c, b, a = sorted((width, first, second))
    squared = (a + (b + c)) * (c - (a - b)) * (c + (a - b)) * (a + (b - c))
    return x, max(math.sqrt(max(squared, 0.0)) / (2 * width), NEEDLE * width)


def _convex(hinge: Hinge) -> bool:
    """Whether the other diagonal crosses the edge, away from its ends."""
    (x, y), (u, v) = hinge.left, hinge.right
    across = x + (u - x) * y / (y - v)
    return 1e-12 * hinge.length < across < (1 - 1e-12) * hinge.length
