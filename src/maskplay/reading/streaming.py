"""A text of any length, read once from beginning to end in constant memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from maskplay.decoding import Span, best_spans, vote
from maskplay.reading.answer import Answer
from maskplay.reading.answer_boundaries import answer_boundaries
from maskplay.reading.buckets import PASSAGE_LENGTHS
from maskplay.reading.candidates import COUNT, PRIOR_SHARE, weighed
from maskplay.reading.encoded_questions import EncodedQuestions
from maskplay.reading.excerpts import Excerpts
from maskplay.reading.judgement import Judgement
from maskplay.reading.make_answer import make_answer
from maskplay.reading.passage_scores import POSITIONS, PassageScores, Piece
from maskplay.reading.segments import segments
from maskplay.reading.span_scores import log_sigmoid
from maskplay.reading.stretch import EMPTY, Stretch
from maskplay.reading.text_encoder import Ids, TextEncoder

_ROWS = POSITIONS // PASSAGE_LENGTHS[-1]


@dataclass
class _Sums:
    """What is remembered of all positions: the logarithms of sums of exponentials, and the gate."""

    start: float = -np.inf
    end: float = -np.inf
    weight: float = -np.inf
    gate: float = 0.0

    def add(self, scores: np.ndarray) -> None:
        """Add the scores `(characters, 5)` of what was read next."""
        start, end, _, weights, values = scores.astype(np.float64).T
        self.start = np.logaddexp(self.start, np.logaddexp.reduce(start))
        self.end = np.logaddexp(self.end, np.logaddexp.reduce(end))
        total = np.logaddexp(self.weight, np.logaddexp.reduce(weights))
        self.gate = self.gate * np.exp(self.weight - total) + np.exp(weights - total) @ values
        self.weight = total


@dataclass
class Stream:
    """Reads one text for one question, in portions of some 16,000 characters.

    The spans found equal those of the text read as one passage, up to the rounding of floats: what the network says
    of a position depends on its neighbourhood alone, sums over positions are kept as running sums, and the last
    characters of a portion are kept as long as a span may still begin in them. (Two exceptions, of the text and not of
    the network: a title 《…》 that holds a full stop at the edge of a portion, and 65,536 characters without a line end
    or full stop.)

    Args:
        network: computes scores.
        encode: turns strings into ids.
        judgement: turns scores into answers.
        question: what is asked.
    """

    network: PassageScores
    encode: TextEncoder
    judgement: Judgement
    question: str
    characters: int = 0
    _sums: _Sums = field(default_factory=_Sums)
    _spans: dict[Span, str] = field(default_factory=dict)
    _brackets: int = 0

    def read(self, chunks: Iterable[str]) -> Iterator["Stream"]:
        """Read a text that comes in chunks of any size; give itself after each portion, with the answer so far.

        An empty text is one portion.
        """
        tail = EMPTY
        for stretch in self._scored(self._stretches(chunks)):
            self._sums.add(stretch.arrays["scores"])
            tail = tail.joined(stretch)
            self._search(tail, len(stretch.text))
            self.characters += len(stretch.text)
            tail = tail.part(max(0, len(tail.text) - self.judgement.length_prior.max_length), len(tail.text))
            yield self
        if not self.characters:
            yield self

    def answer(self, threshold: float | None = None, *, precision: float | None = None) -> Answer:
        """Give the answer of what was read so far; its offsets are into the whole text.

        Args:
            threshold: the probability that an answer must reach; None for that of the precision.
            precision: see `Reading.ask`.
        """
        if threshold is None:
            threshold = self.judgement.threshold_for(precision)
        competing = self.judgement.objective == "softmax"
        shift = self._sums.start + self._sums.end if competing and self._spans else 0.0
        gate = float(np.exp(-np.logaddexp(0.0, -self._sums.gate)))
        spans = weighed([Span(s.start, s.end, s.score - shift, 0) for s in self._spans], gate)
        texts: Any = Excerpts(self.characters, {(s.start, s.end): text for s, text in self._spans.items()})
        return make_answer(vote(spans, [texts]), [texts], self.judgement, threshold)

    @cached_property
    def _asked(self) -> EncodedQuestions:
        return self.network.encode_questions([self.encode(self.question)])

    def _stretches(self, chunks: Iterable[str]) -> Iterator[Stretch]:
        for segment in segments(chunks):
            ids, found = self.encode(segment), answer_boundaries(segment)
            depth = np.where(found.depth > 0, found.depth + self._brackets, 0)
            self._brackets += int(found.depth.max(initial=0))
            yield Stretch(
                segment,
                {
                    "characters": ids.characters,
                    "words": ids.words,
                    "may_start": found.may_start,
                    "may_end": found.may_end,
                    "depth": depth,
                },
            )

    def _scored(self, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        """Add the scores, batch by batch, holding back what still lacks its surroundings."""
        radius = self.network.network.radius
        pending, kept = EMPTY, 0  # characters before `kept` are scored; they only surround the next
        for stretch in stretches:
            pending = pending.joined(stretch)
            while len(pending.text) - kept >= POSITIONS + radius:
                last, scores = self._batch(pending, kept, len(pending.text) + 1)
                yield pending.part(kept, last).having(scores=scores)
                first = max(0, last - radius)
                pending, kept = pending.part(first, len(pending.text)), last - first
        while kept < len(pending.text):
            last, scores = self._batch(pending, kept, len(pending.text))
            yield pending.part(kept, last).having(scores=scores)
            kept = last

    def _batch(self, pending: Stretch, kept: int, text_end: int) -> tuple[int, np.ndarray]:
        """Score one batch from `kept` on; beyond `text_end` there is nothing. Give where it ends, and the scores."""
        radius, longest = self.network.network.radius, PASSAGE_LENGTHS[-1]
        rows: list[Piece] = []
        while len(rows) < _ROWS and kept < len(pending.text):
            first = max(0, kept - radius)
            last = min(len(pending.text), first + longest)
            kept_last = last if last == text_end else last - radius
            rows.append(Piece(0, first, last, kept, kept_last))
            kept = kept_last
        batch = self.network.encode_batch(rows, [Ids(pending.arrays["characters"], pending.arrays["words"])])
        asked = self.network.ask(batch, self._asked, [(row, 0) for row in range(len(rows))])
        found = sorted((piece.kept_first, scores) for piece, _, scores in asked)
        return kept, np.concatenate([scores for _, scores in found])

    def _search(self, tail: Stretch, new: int) -> None:
        """Find the best spans that end in the last `new` characters, and keep the best of all."""
        start, end, *_ = tail.arrays["scores"].astype(np.float64).T
        if self.judgement.objective != "softmax":  # there, all positions lack the same: the sum
            start, end = log_sigmoid(start), log_sigmoid(end)
        old = len(tail.text) - new
        spans = best_spans(
            start,
            np.where(np.arange(len(end)) < old, -np.inf, end),
            max_length=self.judgement.length_prior.max_length,
            k=COUNT,
            length_prior=PRIOR_SHARE * self.judgement.length_prior.log_probabilities,
            may_start=tail.arrays["may_start"],
            may_end=tail.arrays["may_end"],
            depth=tail.arrays["depth"],
        )
        offset = self.characters - old
        for span in spans:
            placed = Span(span.start + offset, span.end + offset, span.score, 0)
            self._spans[placed] = tail.text[span.start : span.end]
        best = sorted(self._spans, key=lambda s: (-s.score, s.start, s.end))[:COUNT]
        self._spans = {span: self._spans[span] for span in best}
