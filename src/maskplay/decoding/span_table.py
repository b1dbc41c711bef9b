"""The best spans of many passages, found together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maskplay.decoding._overlap import overlap
from maskplay.decoding._span_cells import SpanCells
from maskplay.decoding.best_spans import best_spans

_STARTS = 32  # of each passage are tried: scores of a trained model are so peaked that others hardly matter


@dataclass(frozen=True, slots=True, eq=False)
class SpanTable:
    """The best spans of many passages as arrays, each row's best first.

    Attributes:
        start: offsets of first characters, `(passages, k)`.
        end: offsets behind last characters, `(passages, k)`.
        score: `(passages, k)`; -inf where a passage has fewer spans.

    >>> scores = np.log([[0.1, 0.8, 0.1], [0.6, 0.2, 0.2]])
    >>> table = SpanTable.search(scores, scores, max_length=2, k=1)
    >>> table.start.tolist(), table.end.tolist()
    ([[1], [0]], [[2], [1]])
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    score: NDArray

    @classmethod
    def search(
        cls,
        start_scores: NDArray,
        end_scores: NDArray,
        *,
        max_length: int,
        k: int,
        length_prior: NDArray | None = None,
        depth: NDArray | None = None,
    ) -> "SpanTable":
        """Find of each passage what `best_spans` finds, many times as fast as one after the other.

        The starts whose spans may have the highest scores are tried for all passages at once; passages in which another
        start might matter, or of whose spans several are equal, are searched one by one.

        Args:
            start_scores: `(passages, length)`; -inf forbids, and fills up shorter passages.
            end_scores: the same.
            max_length: the longest span, in characters.
            k: spans of each passage.
            length_prior: `(max_length,)`.
            depth: integers `(passages, length)`, as in `best_spans`.

        Raises:
            ValueError: as `best_spans`.
        """
        rows, length = start_scores.shape
        prior = np.zeros(max_length) if length_prior is None else length_prior
        found = cls(np.zeros((rows, k), np.int64), np.zeros((rows, k), np.int64), np.full((rows, k), -np.inf))
        settled = np.zeros(rows, bool)
        band = min(max_length, length)
        if rows and min(_STARTS, length) * band > k:
            settled = found._try(start_scores, end_scores, prior[:band], depth)
        for row in np.flatnonzero(~settled).tolist():
            spans = best_spans(
                start_scores[row],
                end_scores[row],
                max_length=max_length,
                k=k,
                length_prior=prior,
                depth=None if depth is None else depth[row],
            )
            found._set(row, [(span.start, span.end, span.score) for span in spans])
        return found

    def probabilities(self) -> NDArray[np.float64]:
        """Turn scores into a distribution over each passage's spans, `(passages, k)`; zeros where there are none."""
        most = self.score[:, :1]
        weights = np.exp(self.score - np.where(most == -np.inf, 0.0, most), dtype=np.float64)
        total = weights.sum(axis=1, keepdims=True)
        return weights / np.where(total == 0, 1.0, total)

    def overlap(self, truths: "SpanTable") -> NDArray[np.float64]:
        """Give the F1 of each span against each of the same passage, see `overlap_f1`: `(passages, k, truths)`."""
        return overlap(
            self.start[:, :, None], self.end[:, :, None], truths.start[:, None], truths.end[:, None]
        )

    def _try(
        self, starts: NDArray, ends: NDArray, prior: NDArray, depth: NDArray | None
    ) -> NDArray[np.bool_]:
        """Fill in the spans that begin at likely starts; tell of which passages these are known to be the best."""
        (rows, length), k, band = starts.shape, self.score.shape[1], len(prior)
        tried = min(_STARTS, length)
        # As one long text, between whose passages no span reaches.
        apart = ((0, 0), (0, band - 1))
        long_starts, long_ends = (np.pad(x, apart, constant_values=-np.inf).ravel() for x in (starts, ends))
        long = SpanCells(
            long_starts, long_ends, prior, None if depth is None else np.pad(depth, apart).ravel()
        )
        reach = long.reach().reshape(rows, length + band - 1)[:, :length]
        order = np.argpartition(-reach, min(tried, length - 1), axis=1)
        chosen = np.sort(order[:, :tried], axis=1)  # so that the earlier come first among equals
        first = np.arange(rows)[:, None] * (length + band - 1)
        cells = long.of((first + chosen).ravel()).reshape(rows, tried * band)
        worst = np.partition(cells, cells.shape[1] - k, axis=1)[:, cells.shape[1] - k]
        among = cells >= worst[:, None]
        settled = (worst > -np.inf) & (np.count_nonzero(among, axis=1) == k)
        if tried < length:
            settled &= np.take_along_axis(reach, order[:, tried : tried + 1], axis=1)[:, 0] < worst
        place = np.nonzero(among[settled])[1].reshape(-1, k)
        score = np.take_along_axis(cells[settled], place, axis=1)
        best = np.argsort(-score, axis=1, kind="stable")
        place = np.take_along_axis(place, best, axis=1)
        self.score[settled] = np.take_along_axis(score, best, axis=1)
        self.start[settled] = np.take_along_axis(chosen[settled], place // band, axis=1)
        self.end[settled] = self.start[settled] + place % band + 1
        return settled

    def _set(self, row: int, spans: list[tuple[int, int, float]]) -> None:
        for place, (start, end, score) in enumerate(spans):
            self.start[row, place], self.end[row, place], self.score[row, place] = start, end, score
