"""Long texts, cut into stretches of the length that a reader learned from."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise

from maskplay.reading.segments import segments

WHOLE = 1000
"""A text of so many characters is not cut."""

_USUAL = 700
_UNIT = 300  # longer lines are cut where a sentence ends, longer sentences anywhere
_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’」』）]*|[^。！？]+")


def stretches(chunks: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Cut a text at the ends of lines, of sentences where lines are long, into stretches of some 700 characters.

    In a long text much looks like an answer, and only its surroundings tell which is meant. A stretch is weighed by the
    words that it shares with the question; a text as a whole cannot be.

    Args:
        chunks: strings of any size; the text is all of them, one after the other. One of up to 1,000 characters stays
            whole.

    Yields:
        The offset of a stretch in the text, and the stretch. Joined they are the text; they do not depend on the
        chunks.

    Raises:
        TypeError: A chunk is not a string.

    >>> [(offset, len(stretch)) for offset, stretch in stretches(["山。" * 350, "山。" * 350])]
    [(0, 700), (700, 700)]
    """
    offset = 0
    for segment in segments(chunks):
        for stretch in _cut(segment):
            yield offset, stretch
            offset += len(stretch)


def _cut(text: str) -> Iterator[str]:
    """Cut at those ends of lines and sentences that are nearest to equal shares."""
    if len(text) <= WHOLE:
        yield text
        return
    ends = list(accumulate(_sizes(text)))
    count = -(-len(text) // _USUAL)
    cuts = {0, len(text)} | {_nearest(ends, len(text) * share / count) for share in range(1, count)}
    places = sorted(cuts)
    for first, last in pairwise(places):
        yield text[first:last]


def _nearest(ends: list[int], place: float) -> int:
    after = bisect_left(ends, place)
    return min(ends[max(0, after - 1) : after + 1], key=lambda end: abs(end - place))


def _sizes(text: str) -> Iterator[int]:
    """Give the lengths of what is not cut: lines, or sentences, or 300 characters of what has no ends."""
    for line in text.splitlines(keepends=True):
        for sentence in [line] if len(line) <= _UNIT else _SENTENCE.findall(line):
            whole, rest = divmod(len(sentence), _UNIT)
            yield from [_UNIT] * whole
            if rest:
                yield rest
