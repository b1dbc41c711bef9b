"""Many questions at once, in portions that fit into memory."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from maskplay.datasets import Example
from maskplay.reading import portions
from maskplay.reading.ballot import Outcome

if TYPE_CHECKING:
    from maskplay.reading.reader import Reader


def outcomes(
    reader: "Reader",
    examples: Sequence[Example],
    longest: int | None = None,
    tell: Callable[[int], object] = lambda done: None,
) -> list[Outcome]:
    """Let the passages of each example vote on its question; equal passages are read once in a portion.

    Args:
        reader: reads.
        examples: the questions and passages.
        longest: characters that an answer may have; None for as many as the reader knows.
        tell: is called with the number of examples done.

    Returns:
        For each example what the vote gave; spans number the passages as the example does. A passage that an
        example has twice votes twice.
    """
    found: list[Outcome] = []
    for portion in _portions(examples):
        found += _portion(reader, portion, longest)
        tell(len(found))
    return found


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


def _portion(reader: "Reader", examples: list[Example], longest: int | None) -> list[Outcome]:
    numbers: dict[str, int] = {}
    for example in examples:
        for passage in example.passages:
            numbers.setdefault(passage.text, len(numbers))
    questions = [example.question for example in examples]
    if len(examples) == 1 and sum(map(len, numbers)) > portions.PORTION:
        texts = [passage.text for passage in examples[0].passages]
        return [portions.outcome_of(reader, questions[0], texts, longest)]
    asked = [[numbers[passage.text] for passage in example.passages] for example in examples]
    return reader.read(list(numbers)).rank(questions, asked, longest)
