"""One question to texts of any number and length, in memory that does not grow with them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from maskplay.decoding import Span, vote

if TYPE_CHECKING:
    from maskplay.reading import Answer, Reader

PORTION = 400_000  # characters read at once: some 300 MB


def asked(reader: "Reader", question: str, texts: Sequence[str], precision: float | None = None) -> "Answer":
    """Ask as `reader(question, texts)` does, in portions; a text longer than a portion is streamed.

    Args:
        reader: answers.
        question: any text.
        texts: the passages.
        precision: see `Reading.ask`.
    """
    if sum(map(len, texts)) <= PORTION:
        return reader(question, texts, precision=precision)

    from maskplay.reading.make_answer import make_answer

    threshold = reader.judgement.threshold_for(precision)
    ranking = vote(_spans(reader, question, texts), texts)
    return make_answer(ranking, texts, reader.judgement, threshold)


def _spans(reader: "Reader", question: str, texts: Sequence[str]) -> Iterator[Span]:
    """Find the spans of all texts that are put to the vote."""
    for numbers in _portions(texts):
        if len(texts[numbers[0]]) > PORTION:
            *_, last = reader.stream(question, _chunks(texts[numbers[0]]))
            for candidate in last.answer(0.0).candidates:
                for evidence in candidate.evidence:
                    yield Span(evidence.start, evidence.end, evidence.score, numbers[0])
            continue
        reading = reader.read([texts[number] for number in numbers])
        for ranked in reading.rank([question], [range(len(numbers))])[0]:
            for span in ranked.support:
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
