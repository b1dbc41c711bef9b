"""Passages that were read once and can be asked many times."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from maskplay.reading.answer import Answer
from maskplay.reading.ballot import Ballot, Outcome
from maskplay.reading.checks import checked_question
from maskplay.reading.encoded_stretches import EncodedStretches
from maskplay.reading.make_answer import make_answer


@dataclass(frozen=True, repr=False)
class Reading:
    """Some passages, encoded; made by `Reader.read`.

    Attributes:
        passages: their texts.
        encoded: their stretches, which were read: a passage of up to 1,000 characters is one.
    """

    passages: tuple[str, ...]
    encoded: EncodedStretches

    def __repr__(self) -> str:
        """Say how many passages these are: their texts and arrays would fill pages."""
        return f"Reading({len(self.passages)} passage{'s' * (len(self.passages) != 1)})"

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
        judgement = self.encoded.judgement
        threshold = judgement.threshold_for(precision)
        outcome = self.rank([checked_question(question)], [range(len(self.passages))])[0]
        return make_answer(outcome, self.passages, judgement, threshold)

    def rank(
        self, questions: Sequence[str], asked: Sequence[Iterable[int]], longest: int | None = None
    ) -> list[Outcome]:
        """Let the passages vote on each question.

        Args:
            questions: any texts; a blank one asks nothing and gets no answers, and of one with more than 512
                characters the first 512 are read.
            asked: for each question, the numbers of the passages that it is asked of; one that comes twice votes
                twice.
            longest: characters that an answer may have; None for as many as the reader knows.

        Returns:
            For each question what the vote gave; its spans number the passages by their place in `asked`.
        """
        asked = [list(numbers) for numbers in asked]
        wanted = [[s for number in numbers for s in self._stretches_of[number]] for numbers in asked]
        outcomes = []
        for question, numbers, spans in zip(
            questions, asked, self.encoded.spans(questions, wanted, longest), strict=True
        ):
            ballot = Ballot(question)
            for place, number in enumerate(numbers):
                for s in self._stretches_of[number]:
                    ballot.add(self.encoded.stretches[s], spans.get(s, ()), place)
            outcomes.append(ballot.outcome())
        return outcomes

    @cached_property
    def _stretches_of(self) -> dict[int, list[int]]:
        numbers: dict[int, list[int]] = defaultdict(list)
        for number, stretch in enumerate(self.encoded.stretches):
            numbers[stretch.passage].append(number)
        return numbers
