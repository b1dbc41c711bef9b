"""Passages that were read once and can be asked many times."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from maskplay.decoding import Ranked, Span
from maskplay.reading.answer import Answer
from maskplay.reading.answer_boundaries import answer_boundaries
from maskplay.reading.buckets import QUESTION_LENGTHS
from maskplay.reading.candidates import candidates
from maskplay.reading.checks import checked_question
from maskplay.reading.judgement import Judgement
from maskplay.reading.make_answer import make_answer
from maskplay.reading.passage_scores import Scores
from maskplay.reading.poll import poll
from maskplay.reading.span_scores import span_scores
from maskplay.text import Boundaries, fold


@dataclass(frozen=True)
class Reading:
    """Some passages, encoded; made by `Reader.read`.

    Attributes:
        passages: their texts.
        batches: them, encoded: about 0.8 KB for each character.
        network: what encoded them and is asked.
        encode: turns questions into ids.
        judgement: turns scores into answers.
        longest: characters that an answer may have; None for as many as the judgement's length prior knows.
    """

    passages: tuple[str, ...]
    batches: tuple[Any, ...]
    network: Scores
    encode: Callable[[str], Any]
    judgement: Judgement
    longest: int | None = None

    def ask(self, question: str, *, precision: float | None = None) -> Answer:
        """Answer one question from all the passages.

        Args:
            question: any text.
            precision: answer only where, on the calibration data, at least this share of answers was right; by
                default, where that gives the most right decisions.

        Raises:
            ValueError: if the question is blank or very long, or no threshold reaches the precision.
            TypeError: if it is not a string.
        """
        threshold = self.judgement.threshold_for(precision)
        ranking = self.rank([checked_question(question)], [range(len(self.passages))])[0]
        return make_answer(ranking, self.passages, self.judgement, threshold)

    def rank(self, questions: Sequence[str], asked: Sequence[Iterable[int]]) -> list[list[Ranked]]:
        """Let the passages vote on each question.

        Args:
            questions: any texts; a blank one asks nothing and gets no answers, and of one with more than 512
                characters the first 512 are read.
            asked: for each question, the numbers of the passages that it is asked of.

        Returns:
            For each question the answers, the highest vote first; spans number the passages as `passages` does.
        """
        asked = [list(numbers) for numbers in asked]
        return [
            poll(question, spans, self.passages, {number: self.folded[number] for number in numbers})
            for question, spans, numbers in zip(questions, self.spans(questions, asked), asked, strict=True)
        ]

    def spans(self, questions: Sequence[str], asked: Sequence[Iterable[int]]) -> list[list[Span]]:
        """Find what each passage would put to the vote on each question.

        Args:
            questions: see `rank`.
            asked: see `rank`.

        Returns:
            For each question the spans of all its passages, in no order.
        """
        spans: list[list[Span]] = [[] for _ in questions]
        for question, passage, scores in self._scores(questions, asked):
            spans[question] += self._candidates(scores, passage)
        return spans

    def scores(self, questions: Sequence[str], asked: Sequence[Iterable[int]]) -> list[dict[int, np.ndarray]]:
        """Give the network's raw scores.

        Args:
            questions: see `rank`.
            asked: see `rank`.

        Returns:
            For each question, by the number of the passage, `(characters, 5)`.
        """
        found: list[dict[int, np.ndarray]] = [{} for _ in questions]
        for question, passage, scores in self._scores(questions, asked):
            found[question][passage] = np.array(scores)  # not a view of a whole batch
        return found

    def _scores(
        self, questions: Sequence[str], asked: Sequence[Iterable[int]]
    ) -> Iterator[tuple[int, int, np.ndarray]]:
        """Give (question, passage, scores), those of long passages put together last."""
        encoded = self.network.encode_questions([self.encode(q[: QUESTION_LENGTHS[-1]]) for q in questions])
        of_passage = defaultdict(list)
        for question, numbers in enumerate(asked):
            for number in set(numbers) if questions[question].strip() else ():
                of_passage[number].append(question)
        parts: dict[tuple[int, int], list[tuple[int, np.ndarray]]] = defaultdict(list)
        for batch in self.batches:
            pairs = [(row, q) for row, piece in enumerate(batch.pieces) for q in of_passage[piece.passage]]
            for piece, question, scores in self.network.ask(batch, encoded, pairs):
                if piece.kept_last - piece.kept_first == len(self.passages[piece.passage]):
                    yield question, piece.passage, scores
                else:
                    parts[question, piece.passage].append((piece.kept_first, scores))
        for (question, passage), found in parts.items():
            whole = np.concatenate([scores for _, scores in sorted(found, key=lambda part: part[0])])
            yield question, passage, whole

    def _candidates(self, scores: np.ndarray, passage: int) -> list[Span]:
        read = span_scores(scores, self.judgement.objective)
        return candidates(read, self._boundaries[passage], self.judgement.length_prior, passage, self.longest)

    @cached_property
    def folded(self) -> list[str]:
        """The passages, folded: the form in which their words are compared with a question's."""
        return [fold(text) for text in self.passages]

    @cached_property
    def _boundaries(self) -> list[Boundaries]:
        return [answer_boundaries(text) for text in self.passages]
