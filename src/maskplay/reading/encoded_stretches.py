"""Stretches that were read once and can be asked many times."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from maskplay.decoding import Span
from maskplay.reading.buckets import QUESTION_LENGTHS
from maskplay.reading.candidates import candidates
from maskplay.reading.judgement import Judgement
from maskplay.reading.passage_scores import Scores
from maskplay.reading.span_scores import span_scores
from maskplay.reading.stretch import Stretch

_TOGETHER = 32  # stretches whose spans are found at once: about a batch of the network, so of like length


@dataclass(frozen=True, repr=False)
class EncodedStretches:
    """Some stretches, encoded; made by `Reader.encoded`.

    Attributes:
        stretches: what was read.
        batches: them, encoded: about 0.8 KB for each character.
        network: what encoded them and is asked.
        encode: turns questions into ids.
        judgement: turns scores into answers.
    """

    stretches: tuple[Stretch, ...]
    batches: tuple[Any, ...]
    network: Scores
    encode: Callable[[str], Any]
    judgement: Judgement

    def __repr__(self) -> str:
        """Say how many stretches these are: their arrays would fill pages."""
        return f"EncodedStretches({len(self.stretches)} stretch{'es' * (len(self.stretches) != 1)})"

    def spans(
        self, questions: Sequence[str], asked: Sequence[Iterable[int]], longest: int | None = None
    ) -> list[dict[int, list[Span]]]:
        """Find what each stretch would put to the vote on each question.

        Args:
            questions: any texts; a blank one asks nothing and gets no answers, and of one with more than 512
                characters the first 512 are read.
            asked: for each question, the numbers of the stretches that it is asked of.
            longest: characters that an answer may have; None for as many as the judgement's length prior knows.

        Returns:
            For each question, by the number of the stretch, its spans; offsets are into its text.
        """
        judgement = self.judgement
        found: list[dict[int, list[Span]]] = [{} for _ in questions]
        scored = self._scores(questions, asked)
        while together := list(islice(scored, _TOGETHER)):
            read = span_scores([scores for _, _, scores in together], judgement.objective)
            boundaries = [self.stretches[number].boundaries for _, number, _ in together]
            spans = candidates(read, boundaries, judgement.length_prior, longest)
            for (question, number, _), heard in zip(together, spans, strict=True):
                found[question][number] = heard
        return found

    def scores(self, questions: Sequence[str], asked: Sequence[Iterable[int]]) -> list[dict[int, np.ndarray]]:
        """Give the network's raw scores.

        Args:
            questions: see `spans`.
            asked: see `spans`.

        Returns:
            For each question, by the number of the stretch, `(characters, 5)`.
        """
        found: list[dict[int, np.ndarray]] = [{} for _ in questions]
        for question, number, scores in self._scores(questions, asked):
            found[question][number] = np.array(scores)  # not a view of a whole batch
        return found

    def _scores(
        self, questions: Sequence[str], asked: Sequence[Iterable[int]]
    ) -> Iterator[tuple[int, int, np.ndarray]]:
        """Give (question, stretch, scores), those of long stretches put together last."""
        encoded = self.network.encode_questions([self.encode(q[: QUESTION_LENGTHS[-1]]) for q in questions])
        asked_of = defaultdict(list)
        for question, numbers in enumerate(asked):
            for number in set(numbers) if questions[question].strip() else ():
                asked_of[number].append(question)
        parts: dict[tuple[int, int], list[tuple[int, np.ndarray]]] = defaultdict(list)
        wanted = (
            (batch, [(row, q) for row, piece in enumerate(batch.pieces) for q in asked_of[piece.passage]])
            for batch in self.batches
        )
        for piece, question, scores in self.network.ask(wanted, encoded):
            if piece.kept_last - piece.kept_first == len(self.stretches[piece.passage].text):
                yield question, piece.passage, scores
            else:
                parts[question, piece.passage].append((piece.kept_first, scores))
        for (question, number), found in parts.items():
            whole = np.concatenate([scores for _, scores in sorted(found, key=lambda part: part[0])])
            yield question, number, whole
