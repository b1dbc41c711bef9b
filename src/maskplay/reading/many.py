"""Many questions at once, in portions that fit into memory."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from maskplay.datasets import Example
from maskplay.decoding import Ranked
from maskplay.reading import portions
from maskplay.reading.buckets import QUESTION_LENGTHS
from maskplay.reading.poll import poll

if TYPE_CHECKING:
    from maskplay.reading.reader import Reader


def rankings(
    reader: "Reader",
    examples: Sequence[Example],
    longest: int | None = None,
    tell: Callable[[int], object] = lambda done: None,
) -> list[list[Ranked]]:
    """Let the passages of each example vote on its question; equal passages are read once in a portion.

    Args:
        reader: reads.
        examples: the questions and passages.
        longest: characters that an answer may have; None for as many as the reader knows.
        tell: is called with the number of examples done.

    Returns:
        For each example the answers, the best first; spans number the passages as the example does. A passage that
        an example has twice votes twice.
    """
    ranked: list[list[Ranked]] = []
    for portion in _portions(examples):
        ranked += _portion(reader, portion, longest)
        tell(len(ranked))
    return ranked


def _portions(examples: Sequence[Example]) -> Iterator[list[Example]]:
    """Cut where the distinct passages of a portion would become too long."""
    portion: list[Example] = []
    seen: set[str] = set()
    size = 0
    for example in examples:
        texts = {passage.text for passage in example.passages}
        if portion and size + sum(map(len, texts - seen)) > portions.PORTION:
            yield portion
            portion, seen, size = [], set(), 0
        portion.append(example)
        size += sum(map(len, texts - seen))
        seen |= texts
    if portion:
        yield portion


def _portion(reader: "Reader", examples: list[Example], longest: int | None) -> Iterator[list[Ranked]]:
    numbers: dict[str, int] = {}
    for example in examples:
        for passage in example.passages:
            numbers.setdefault(passage.text, len(numbers))
    if len(examples) == 1 and sum(map(len, numbers)) > portions.PORTION:
        yield _alone(reader, examples[0], longest)
        return
    reading = replace(reader.read(numbers), longest=longest)
    asked = [[numbers[passage.text] for passage in example.passages] for example in examples]
    found = reading.spans([example.question for example in examples], asked)
    for example, own, spans in zip(examples, asked, found, strict=True):
        places = defaultdict(list)
        for place, number in enumerate(own):
            places[number].append(place)
        renumbered = [replace(span, passage=place) for span in spans for place in places[span.passage]]
        passages = [passage.text for passage in example.passages]
        yield poll(
            example.question, renumbered, passages, {place: reading.folded[n] for place, n in enumerate(own)}
        )


def _alone(reader: "Reader", example: Example, longest: int | None) -> list[Ranked]:
    """Ask one question of more text than is read at once."""
    texts = [passage.text for passage in example.passages]
    question = example.question[: QUESTION_LENGTHS[-1]]
    asks = bool(question.strip())
    return poll(question, portions.spans_in_portions(reader, question, texts, longest) if asks else [], texts)
