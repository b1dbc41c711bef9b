"""Sums over all pairs of points in the plane, in O(n log n), vectorised.

Points are numbered by x and stand in the order of y. A block of numbers is cut in halves, both of which keep the order
of y: so for a point of one half, the points of the other half that lie below it are a prefix, and sums over prefixes
are cumulative sums. Blocks of some twenty points are compared directly. One sort in the beginning is all.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from maskplay.analysis.hsic._cores import cores
from maskplay.analysis.hsic._types import Array, Floats, Ints

_SMALLEST = 16
_TOGETHER = 1 << 17
"""Points whose blocks are cut all at once: few enough for the processor's cache, and enough for each operation to take
much longer than its call, which only one thread can make at a time."""
_ROWS = 512


@dataclass(frozen=True)
class Halves:
    """Blocks cut in two by x, each part sorted by y.

    Attributes:
        left: values of the points with smaller x, one `(blocks, left)` for each kind of value.
        right: of those with larger x, `(blocks, right)`.
        below_right: for each right point, where in `prefixes` of left values the sum over those below it stands.
        below_left: for each left point, the same for right values.
    """

    left: Sequence[Floats]
    right: Sequence[Floats]
    below_right: Ints
    below_left: Ints


Part = tuple[Array, list[Floats]]
"""Points in the order of y: their places `(n,)` in the order of x within their block, and their values, each `(n,)`."""


def prefixes(values: Floats, add: np.ufunc = np.add, empty: float = 0.0) -> Floats:
    """Sums over the first 0, 1, …, all values of each block, flat: what `Halves` points into."""
    sums = np.empty((values.shape[0], values.shape[1] + 1))
    sums[:, 0] = empty
    add.accumulate(values, axis=1, out=sums[:, 1:])
    return sums.ravel()


@dataclass(frozen=True)
class PairSum:
    """A sum over all pairs of points, by what is added for a pair.

    Attributes:
        cross: sums over all pairs of a left and a right point.
        direct: sums over all pairs within each column of values `(points, blocks)`, which are in the order of y.
    """

    cross: Callable[[Halves], float]
    direct: Callable[[Sequence[Floats]], float]

    def __call__(self, rank: Ints, values: Sequence[Floats]) -> float:
        """Add up.

        Args:
            rank: `(n,)`: for each point, in the order of y, its place in the order of x.
            values: what is known of each point, each `(n,)` in the order of x.
        """
        return self._all((rank.astype(np.int32), [one.take(rank, mode="clip") for one in values]))

    def _all(self, part: Part) -> float:
        n = len(part[0])
        if n < 2 * _SMALLEST:
            return self._directly(part[1], n)
        smallest = n >> ((n // _SMALLEST).bit_length() - 1)
        even = smallest << ((n // _SMALLEST).bit_length() - 1)  # what can be halved until the smallest blocks
        found = 0.0
        if even < n:
            found, part, rest = self._cut(part, n, even)
            found += self._all(rest)
        parts = [part]
        while len(parts) < cores() and even > _TOGETHER:
            cuts = [self._cut(one, even, even // 2) for one in parts]
            found += sum(one[0] for one in cuts)
            parts, even = [half for one in cuts for half in one[1:]], even // 2
        if len(parts) == 1:
            return found + self._halved(part, even, smallest)
        with ThreadPoolExecutor(cores()) as pool:
            return found + sum(pool.map(lambda one: self._halved(one, even, smallest), parts))

    def _halved(self, part: Part, size: int, smallest: int) -> float:
        """A block: one half after the other, until it is small enough for all its parts to be cut together."""
        found = 0.0
        if size > _TOGETHER:
            found, left, right = self._cut(part, size, size // 2)
            del part
            return found + sum(self._halved(half, size // 2, smallest) for half in (left, right))
        while size > smallest:
            step, left, right = self._cut(part, size, size // 2)
            found += step
            part = (
                np.concatenate([left[0], right[0]]),
                [np.concatenate(both) for both in zip(left[1], right[1], strict=True)],
            )
            size //= 2
        return found + self._directly(part[1], smallest)

    def _cut(self, part: Part, size: int, left: int) -> tuple[float, Part, Part]:
        """Cut all blocks of that size behind so many points, and sum over the pairs that are cut apart."""
        ranks, values = part
        right = size - left
        beyond = ranks >= left
        at_right = np.flatnonzero(beyond)
        at_left = np.flatnonzero(np.logical_not(beyond, out=beyond))
        ranks_right = ranks.take(at_right, mode="clip")
        ranks_right -= np.int32(left)
        parts = (
            (ranks.take(at_left, mode="clip"), [one.take(at_left, mode="clip") for one in values]),
            (ranks_right, [one.take(at_right, mode="clip") for one in values]),
        )
        # A point's place in its block, less those of its own part before it, is how many of the other part are below
        # it; prefixes have one entry more than a part has points.
        block = np.arange(len(ranks) // size)[:, None]
        below_right, below_left = at_right.reshape(-1, right), at_left.reshape(-1, left)
        below_right -= (right - 1) * block + np.arange(right)
        below_left -= (left - 1) * block + np.arange(left)
        halves = Halves(
            [one.reshape(-1, left) for one in parts[0][1]],
            [one.reshape(-1, right) for one in parts[1][1]],
            below_right,
            below_left,
        )
        return self.cross(halves), *parts

    def _directly(self, values: Sequence[Floats], size: int) -> float:
        """Blocks of few points; points first, so that what is compared lies together in long stretches."""
        blocks = [one.reshape(-1, size) for one in values]
        return sum(
            self.direct([np.ascontiguousarray(one[start : start + _ROWS].T) for one in blocks])
            for start in range(0, len(blocks[0]), _ROWS)
        )
