"""Texts of any number and length, in memory that does not grow with them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from maskplay.decoding import Span

if TYPE_CHECKING:
    from maskplay.reading.reader import Reader

PORTION = 1 << 18  # characters read at once: about 200 MB


def spans_in_portions(
    reader: "Reader", question: str, texts: Sequence[str], longest: int | None = None
) -> Iterator[Span]:
    """Find what each text would put to the vote on a question, portion by portion; a longer text is streamed.

    Args:
        reader: reads.
        question: any text.
        texts: the passages.
        longest: characters that an answer may have.
    """
    for numbers in _portions(texts):
        if len(texts[numbers[0]]) > PORTION and reader.streams:
            *_, last = reader.stream(question, _chunks(texts[numbers[0]]))
            for candidate in last.answer(0.0).candidates:
                for evidence in candidate.evidence:
                    if longest is None or len(evidence.text) <= longest:
                        yield Span(evidence.start, evidence.end, evidence.score, numbers[0])
            continue
        reading = replace(reader.read([texts[number] for number in numbers]), longest=longest)
        for span in reading.spans([question], [range(len(numbers))])[0]:
            yield replace(span, passage=numbers[span.passage])


def _portions(texts: Sequence[str]) -> Iterator[list[int]]:
    """Group texts, in order; one that is longer than a portion is alone."""
    portion: list[int] = []
    size = 0
    for number, text in enumerate(texts):
        if portion and size + len(text) > PORTION:
            yield portion
            portion, size = [], 0
        portion.append(number)
        size += len(text)
    if portion:
        yield portion


def _chunks(text: str, length: int = 1 << 16) -> Iterator[str]:
    return (text[first : first + length] for first in range(0, len(text), length))
