"""Surfaces of triangles known by the lengths of their edges alone."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from maskplay.geometry.tabulated import Floats

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
    """A closed surface of triangles, of which only the lengths of the edges are known.

    Half-edge `3 f + c` runs along triangle f from its corner c to the next one. Several edges may join two vertices.

    Attributes:
        origin: the vertex that each half-edge starts at.
        length: of each half-edge.
        twin: the half-edge on the other side.
    """

    def __init__(self, origin: list[int], length: list[float], twin: list[int]) -> None:
        """Take what the attributes say."""
        self.origin, self.length, self.twin = origin, length, twin

    def copy(self) -> "Surface":
        """Give another one to change."""
        return Surface(self.origin.copy(), self.length.copy(), self.twin.copy())

    def hinge(self, half: int) -> Hinge:
        """Lay out the triangles on both sides of a half-edge."""
        twin, length = self.twin[half], self.length
        width = length[half]
        left = _corner(width, length[_before(half)], length[_after(half)])
        x, y = _corner(width, length[_after(twin)], length[_before(twin)])
        return Hinge(width, left, (x, -y))

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
        diagonal = math.hypot(x - u, y - v)
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
        self.length[one + 1] = self.length[other + 1] = diagonal
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
    return x, math.sqrt(max(squared, 1e-300)) / (2 * width)


def _convex(hinge: Hinge) -> bool:
    """Whether the other diagonal crosses the edge, away from its ends."""
    (x, y), (u, v) = hinge.left, hinge.right
    across = x + (u - x) * y / (y - v)
    return 1e-12 * hinge.length < across < (1 - 1e-12) * hinge.length
