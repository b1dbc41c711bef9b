"""Many questions at once, in portions that fit into memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from maskplay.datasets import Example
from maskplay.decoding import Ranked
from maskplay.reading.reading import Reading

_CHARACTERS = 1 << 18  # of distinct passages encoded at once: about 200 MB


def rankings(read: Callable[[Iterable[str]], Reading], examples: Sequence[Example]) -> list[list[Ranked]]:
    """Let the passages of each example vote on its question; equal passages are read once in a portion.

    Args:
        read: `Reader.read`.
        examples: the questions and passages.

    Returns:
        For each example the answers, the best first; spans number the passages as the example does.
    """
    return [ranking for portion in _portions(examples) for ranking in _portion(read, portion)]


def _portions(examples: Sequence[Example]) -> Iterator[list[Example]]:
    """Cut where the distinct passages of a portion would become too long."""
    portion: list[Example] = []
    seen: set[str] = set()
    size = 0
    for example in examples:
        texts = {passage.text for passage in example.passages}
        if portion and size + sum(map(len, texts - seen)) > _CHARACTERS:
            yield portion
            portion, seen, size = [], set(), 0
        portion.append(example)
        size += sum(map(len, texts - seen))
        seen |= texts
    if portion:
        yield portion


def _portion(read: Callable[[Iterable[str]], Reading], examples: list[Example]) -> Iterator[list[Ranked]]:
    numbers: dict[str, int] = {}
    for example in examples:
        for passage in example.passages:
            numbers.setdefault(passage.text, len(numbers))
    reading = read(numbers)
    asked = [[numbers[passage.text] for passage in example.passages] for example in examples]
    voted = reading.rank([example.question for example in examples], asked)
    for own, ranking in zip(asked, voted, strict=True):
        place = {number: i for i, number in reversed(list(enumerate(own)))}
        yield [_renumbered(ranked, place) for ranked in ranking]


def _renumbered(ranked: Ranked, place: dict[int, int]) -> Ranked:
    support = tuple(replace(span, passage=place[span.passage]) for span in ranked.support)
    return replace(ranked, support=support)
