"""The vote of passages on a question, their stretches heard as far as they speak of what is asked."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from maskplay.decoding import Ranked, Relevance, Span, vote, vote_features
from maskplay.reading.excerpts import Excerpts
from maskplay.reading.stretch import Stretch
from maskplay.text import fold

_HEARD = 4096  # spans; more are not needed to know which answer has the most support


class Outcome(NamedTuple):
    """What a vote gave.

    Attributes:
        ranking: the answers, the best first; their spans lie in the passages.
        features: what the vote tells of its own certainty, see `maskplay.decoding.vote_features`.
    """

    ranking: list[Ranked]
    features: np.ndarray


class _Heard(NamedTuple):
    passage: int
    offset: int  # of the stretch that the span is of
    length: int  # of that stretch
    span: Span  # in the stretch
    text: str
    shared: np.ndarray | None  # the question's pairs that the stretch has; None while it is the only one


class Ballot:
    """Collects what stretches put to the vote, in memory that does not grow with their number.

    Their order does not matter. Where they put more than some thousand spans to the vote, those are heard whose score
    and whose share of the question's words are the highest.

    Args:
        question: what was asked.

    >>> ballot = Ballot("白云山多高？")
    >>> ballot.add(Stretch(0, 0, "高70米的是越秀山"), [Span(1, 4, 0.9)])
    >>> ballot.add(Stretch(1, 0, "白云山高382米"), [Span(4, 8, 0.8)])
    >>> [(one.text, round(one.score, 2), one.support[0].passage) for one in ballot.outcome().ranking]
    [('382米', 0.36, 1), ('70米', 0.0, 0)]
    """

    def __init__(self, question: str) -> None:
        self._relevance = Relevance(fold(question))
        self._heard: list[_Heard] = []
        self._only: Stretch | None = None  # alone it need not be compared with the question
        self._stretches = self._passages = 0

    def add(self, stretch: Stretch, spans: Iterable[Span], passage: int | None = None) -> None:
        """Hear a stretch.

        Args:
            stretch: it.
            spans: what it puts to the vote, with expected scores in [0, 1]; offsets are into its text.
            passage: the number of its passage, if not the stretch's own.
        """
        self._stretches += 1
        if self._stretches == 1:
            self._only, shared = stretch, None
        else:
            if self._only is not None:
                first = self._relevance.add(self._only.folded)
                self._heard = [heard._replace(shared=first) for heard in self._heard]
                self._only = None
            shared = self._relevance.add(stretch.folded)
        number = stretch.passage if passage is None else passage
        self._passages = max(self._passages, number + 1)
        for span in spans:
            text = stretch.text[span.start : span.end]
            self._heard.append(_Heard(number, stretch.offset, len(stretch.text), span, text, shared))
        if len(self._heard) > 2 * _HEARD:
            self._heard = self._loudest()

    def outcome(self) -> Outcome:
        """Count the votes of what was heard so far."""
        heard = self._loudest()
        weights = self._weights(heard)
        lengths: dict[Span, int] = {}
        for one in heard:
            weight = weights[one.passage, one.offset]
            start, end = one.offset + one.span.start, one.offset + one.span.end
            lengths[Span(start, end, one.span.score * weight, one.passage)] = one.length
        passages: Any = self.excerpts()
        ranking = vote(lengths, passages)
        best: Any = {}
        if ranking:
            first = ranking[0].support[0]
            best = {first.passage: range(lengths[first])}  # what is read around an answer is its stretch
        return Outcome(ranking, vote_features(ranking, best))

    def excerpts(self) -> list[Excerpts]:
        """Give of each passage what was heard of it."""
        cut: list[dict[tuple[int, int], str]] = [{} for _ in range(self._passages)]
        lengths = [0] * self._passages
        for one in self._heard:
            start, end = one.offset + one.span.start, one.offset + one.span.end
            cut[one.passage][start, end] = one.text
            lengths[one.passage] = max(lengths[one.passage], one.offset + one.length)
        return [Excerpts(length, texts) for length, texts in zip(lengths, cut, strict=True)]

    def _weights(self, heard: list[_Heard]) -> dict[tuple[int, int], float]:
        """Weigh the stretches that spans are of, by passage and offset."""
        stretches = {(one.passage, one.offset): one.shared for one in heard}
        if self._only is not None:
            return dict.fromkeys(stretches, 1.0)
        shared = [one for one in stretches.values() if one is not None]
        return dict(zip(stretches, self._relevance.weights(shared).tolist(), strict=True))

    def _loudest(self) -> list[_Heard]:
        if len(self._heard) <= _HEARD:
            return self._heard
        return sorted(self._heard, key=_loudness)[:_HEARD]


def _loudness(heard: _Heard) -> tuple[float, int, int, int]:
    shared = 0 if heard.shared is None else int(heard.shared.sum())
    span = heard.span
    return -span.score * (1 + shared), heard.passage, heard.offset + span.start, heard.offset + span.end
