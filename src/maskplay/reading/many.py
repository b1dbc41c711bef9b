"""Many questions at once, in portions that fit into memory."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from maskplay.datasets import Example
from maskplay.decoding import Ranked, vote
from maskplay.reading.reading import Reading

_CHARACTERS = 1 << 18  # of distinct passages encoded at once: about 200 MB


def rankings(read: Callable[[Iterable[str]], Reading], examples: Sequence[Example]) -> list[list[Ranked]]:
    """Let the passages of each example vote on its question; equal passages are read once in a portion.

    Args:
        read: `Reader.read`.
        examples: the questions and passages.

    Returns:
        For each example the answers, the best first; spans number the passages as the example does. A passage that
        an example has twice votes twice.
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
    found = reading.spans([example.question for example in examples], asked)
    for example, own, spans in zip(examples, asked, found, strict=True):
        places = defaultdict(list)
        for place, number in enumerate(own):
            places[number].append(place)
        renumbered = [replace(span, passage=place) for span in spans for place in places[span.passage]]
        yield vote(renumbered, [passage.text for passage in example.passages])
