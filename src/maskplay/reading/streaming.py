"""A text of any length, read once from beginning to end in constant memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from maskplay.reading.answer import Answer
from maskplay.reading.ballot import Ballot
from maskplay.reading.encoded_stretches import EncodedStretches
from maskplay.reading.judgement import Judgement
from maskplay.reading.make_answer import make_answer
from maskplay.reading.portions import in_portions
from maskplay.reading.stretch import Stretch
from maskplay.reading.stretches import stretches

_PORTION = 1 << 16  # characters read at once: four full batches


class Stream:
    """Reads one text for one question, in portions of some 65,000 characters.

    What is found is what the text read as one passage gives, up to the rounding of floats: both are read in the same
    stretches, and what was heard of them is bounded in the same way.

    Args:
        encoded: reads stretches.
        judgement: turns votes into answers.
        question: what is asked.

    Attributes:
        question: what is asked.
        characters: how many were read.
    """

    def __init__(
        self, encoded: Callable[[Sequence[Stretch]], EncodedStretches], judgement: Judgement, question: str
    ) -> None:
        self.question, self.characters = question, 0
        self._encoded, self._judgement = encoded, judgement
        self._ballot = Ballot(question)

    def read(self, chunks: Iterable[str]) -> Iterator["Stream"]:
        """Read a text that comes in chunks of any size; give itself after each portion, with the answer so far.

        An empty text is one portion.
        """
        found = (Stretch(0, offset, text) for offset, text in stretches(chunks))
        for portion in in_portions(found, _PORTION):
            (spans,) = self._encoded(portion).spans([self.question], [range(len(portion))])
            for number, stretch in enumerate(portion):
                self._ballot.add(stretch, spans.get(number, ()))
                self.characters += len(stretch.text)
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
            threshold = self._judgement.threshold_for(precision)
        heard: Any = self._ballot.excerpts()
        return make_answer(self._ballot.outcome(), heard, self._judgement, threshold)
