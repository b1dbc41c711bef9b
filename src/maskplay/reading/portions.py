"""Texts of any number and length, in memory that does not grow with them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from maskplay.reading.ballot import Ballot, Outcome
from maskplay.reading.stretch import Stretch
from maskplay.reading.stretches import WHOLE, stretches

if TYPE_CHECKING:
    from maskplay.reading.reader import Reader

PORTION = 1 << 18  # characters read at once: about 200 MB


def cut(texts: Sequence[str]) -> Iterator[Stretch]:
    """Cut passages into the stretches that are read; one of up to 1,000 characters is one."""
    for number, text in enumerate(texts):
        for offset, part in [(0, text)] if len(text) <= WHOLE else stretches([text]):
            yield Stretch(number, offset, part)


def in_portions(found: Iterable[Stretch], size: int) -> Iterator[list[Stretch]]:
    """Group stretches, in order, so that no group has more characters than `size`, but for a single stretch."""
    portion: list[Stretch] = []
    characters = 0
    for stretch in found:
        if portion and characters + len(stretch.text) > size:
            yield portion
            portion, characters = [], 0
        portion.append(stretch)
        characters += len(stretch.text)
    if portion:
        yield portion


def outcome_of(reader: "Reader", question: str, texts: Sequence[str], longest: int | None = None) -> Outcome:
    """Let texts vote on a question, read portion by portion.

    Args:
        reader: reads.
        question: any text.
        texts: the passages.
        longest: characters that an answer may have.
    """
    ballot = Ballot(question)
    for portion in in_portions(cut(texts), PORTION):
        encoded = reader.encoded(portion)
        (spans,) = encoded.spans([question], [range(len(portion))], longest)
        for number, stretch in enumerate(portion):
            ballot.add(stretch, spans.get(number, ()))
    return ballot.outcome()
