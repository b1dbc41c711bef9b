"""The scores of all spans that begin at some positions."""

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-5  # the sums of a span's three scores and of their maxima are rounded in different orders


class SpanCells:
    """The band of starts and lengths, of which only the rows that are asked for are computed.

    Args:
        starts: scores of starts `(length,)`.
        ends: scores of ends `(length,)`.
        prior: of lengths, `(longest span,)`.
        depth: which pair of brackets a character is in, `(length,)`.
    """

    def __init__(self, starts: NDArray, ends: NDArray, prior: NDArray, depth: NDArray | None) -> None:
        beyond = len(prior) - 1
        self._starts = starts
        self._ends = np.concatenate([ends, np.full(beyond, -np.inf, ends.dtype)])
        self._prior = prior
        self._depth = None
        if depth is not None and depth.any():
            self._depth = np.concatenate([depth, np.full(beyond, depth.min(), depth.dtype)])

    def reach(self) -> NDArray:
        """Give for each start what no span that begins there can exceed, `(length,)`: -inf where none may."""
        best, width, size = self._ends.copy(), len(self._prior), 1
        while 2 * size <= width:  # the maxima of windows twice as wide
            np.maximum(best[:-size], best[size:], out=best[:-size])
            size *= 2
        length = len(self._starts)
        end, longest = (
            np.maximum(best[:length], best[width - size : width - size + length]),
            self._prior.max(),
        )
        highest = self._starts + end + longest
        rounding = _ROUNDING * (np.abs(self._starts) + np.abs(end) + abs(longest))
        return np.add(highest, rounding, where=np.isfinite(highest), out=highest)

    def of(self, chosen: NDArray) -> NDArray:
        """Give the scores `(len(chosen), longest span)`."""
        windows = chosen[:, None] + np.arange(len(self._prior))
        cells = self._ends[windows]
        cells += self._starts[chosen, None]
        cells += self._prior
        if self._depth is not None:
            inside = np.flatnonzero(self._depth[windows].any(axis=1))  # few spans are near a bracket
            depth = self._depth[windows[inside]]
            # A span cuts a pair of brackets where its last character lies elsewhere or it left its pair before.
            cut = (depth != depth[:, :1]) | (np.minimum.accumulate(depth, axis=1) < depth[:, :1])
            cells[inside] = np.where(cut, -np.inf, cells[inside])
        return cells
