"""A function of arc length, kept as polynomials on panels."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_DEGREE = 16
_TOLERANCE = (
    2e-15  # tail of a panel's series times the panel's share of the whole: what the integral would miss
)
_LEVELS = 44  # halvings of a panel; 2**-44 of the length is next to rounding

_NODES = np.cos(np.pi * (np.arange(_DEGREE + 1) + 0.5) / (_DEGREE + 1))
_TO_SERIES = 2 / (_DEGREE + 1) * np.polynomial.chebyshev.chebvander(_NODES, _DEGREE).T
_TO_SERIES[0] /= 2
_GAUSS, _WEIGHTS = np.polynomial.legendre.leggauss(_DEGREE + 8)


class Tabulated(NamedTuple):
    """Polynomials that agree with a function to rounding, fast to evaluate and to integrate.

    Attributes:
        edges: `(panels + 1,)`, ascending; the function is smooth inside of each panel and may jump between two.
        series: `(panels, terms)`, Chebyshev coefficients on each panel.
    """

    edges: Floats
    series: Floats

    @classmethod
    def of(cls, function: Callable[[Floats], Floats], breaks: Sequence[float] | Floats) -> "Tabulated":
        """Tabulate a function, halving panels until each one's series has ended.

        Singular ends (a square root, say) get ever smaller panels, so that the integral is right to rounding.

        Args:
            function: takes and gives `(n,)`; is never asked at a break.
            breaks: ascending; where it starts, where it is not smooth, where it ends.

        >>> root = Tabulated.of(np.sqrt, [0, 1])
        >>> bool(abs(root.integral()(1.0) - 2 / 3) < 1e-14)
        True
        """
        edges = np.asarray(breaks, float)
        left, right = edges[:-1], edges[1:]
        whole = edges[-1] - edges[0]
        done: list[tuple[Floats, Floats]] = []
        for level in range(_LEVELS + 1):
            middle, half = (left + right) / 2, (right - left) / 2
            values = function((middle[:, None] + half[:, None] * _NODES).ravel())
            series = values.reshape(len(left), -1) @ _TO_SERIES.T
            tail = np.abs(series[:, -3:]).max(axis=1) * 2 * half / whole
            ended = (tail <= _TOLERANCE) | (level == _LEVELS)
            done.append((left[ended], series[ended]))
            if ended.all():
                break
            left, middle, right = left[~ended], middle[~ended], right[~ended]
            left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
        starts = np.concatenate([start for start, _ in done])
        order = np.argsort(starts)
        return cls(np.append(starts[order], edges[-1]), np.concatenate([rows for _, rows in done])[order])

    def __call__(self, at: ArrayLike, side: Literal["left", "right"] = "right") -> Floats:
        """Evaluate.

        Args:
            at: any shape, between the first edge and the last.
            side: the limit from which side counts at an edge between two panels.
        """
        where = np.asarray(at, float)
        flat = where.ravel()
        panel = np.clip(np.searchsorted(self.edges, flat, side=side) - 1, 0, len(self.series) - 1)
        middle, half = (self.edges[1:] + self.edges[:-1]) / 2, np.diff(self.edges) / 2
        u = (flat - middle[panel]) / half[panel]
        if (np.diff(panel) >= 0).all():
            return self._in_order(u, panel).reshape(where.shape)
        last, before = np.zeros_like(u), np.zeros_like(u)
        columns = np.ascontiguousarray(self.series.T)
        for column in columns[:0:-1]:  # Clenshaw
            last, before = column[panel] + 2 * u * last - before, last
        return np.asarray((columns[0][panel] + u * last - before).reshape(where.shape))

    def _in_order(self, u: Floats, panel: NDArray[np.intp]) -> Floats:
        """Evaluate at places in the panels `(n,)` whose panels ascend: a product of matrices for each panel."""
        terms = np.empty((self.series.shape[1], len(u)))
        terms[0] = 1
        terms[1:2] = u
        twice = 2 * u
        for k in range(2, len(terms)):
            np.multiply(twice, terms[k - 1], out=terms[k])
            terms[k] -= terms[k - 2]
        found = np.empty_like(u)
        ends = np.searchsorted(panel, np.arange(len(self.series) + 1))
        for number in np.flatnonzero(np.diff(ends)):
            own = slice(ends[number], ends[number + 1])
            np.matmul(self.series[number], terms[:, own], out=found[own])
        return found

    def integral(self) -> "Tabulated":
        """Give the integral from the first edge on, tabulated on the same panels."""
        half = np.diff(self.edges) / 2
        series = np.polynomial.chebyshev.chebint(self.series, lbnd=-1, axis=1) * half[:, None]
        series[1:, 0] += np.cumsum(series.sum(axis=1))[:-1]
        return Tabulated(self.edges, series)

    def reversed(self) -> "Tabulated":
        """Give the function that runs from the other end: of `s` what this one is of `first + last - s`."""
        signs = np.where(np.arange(self.series.shape[1]) % 2, -1.0, 1.0)
        return Tabulated(self.edges[0] + self.edges[-1] - self.edges[::-1], self.series[::-1] * signs)

    def stretched(self, factor: float) -> "Tabulated":
        """Give the function that takes `factor` times as long for the same values."""
        return Tabulated(self.edges * factor, self.series)

    def quadrature(self) -> tuple[Floats, Floats]:
        """Give points and weights, `(n,)` each, that integrate products of functions on these panels."""
        middle, half = (self.edges[1:] + self.edges[:-1]) / 2, np.diff(self.edges) / 2
        points = middle[:, None] + half[:, None] * _GAUSS
        return points.ravel(), (half[:, None] * _WEIGHTS).ravel()
