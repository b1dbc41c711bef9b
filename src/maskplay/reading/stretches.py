"""Long texts, cut into stretches of the length that a reader learned from."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from maskplay.reading.cuts import may_cut
from maskplay.reading.segments import segments

WHOLE = 1000
"""A text of so many characters is not cut."""

_USUAL = 700
_NEAR = 150  # characters around an equal share, among which the best place to cut is chosen
# Ends of lines, of sentences, of clauses: the earlier ones are better places.
_ENDS = (
    re.compile("\n"),
    re.compile(r"[。！？!?]+[”’」』）)]*|\.(?=\s)"),
    re.compile(r"[，、；：,;:]|\s"),
)


def stretches(chunks: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Cut a text into stretches of some 700 characters: at ends of lines, sentences or clauses, never inside a word.

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
    """Cut near equal shares, at the best place there."""
    if len(text) <= WHOLE:
        yield text
        return
    goodness = _goodness(text)
    count = -(-len(text) // _USUAL)
    places = [0, *(_best(goodness, round(len(text) * share / count)) for share in range(1, count)), len(text)]
    for first, last in pairwise(places):
        yield text[first:last]


def _goodness(text: str) -> np.ndarray:
    """Say how good a place to cut is before each character: 0 inside a number, a word or a title."""
    goodness = may_cut(text).astype(int)
    for number, pattern in enumerate(reversed(_ENDS), 2):
        ends = [match.end() for match in pattern.finditer(text)]
        goodness[ends] = np.where(goodness[ends] > 0, number, 0)
    return goodness


def _best(goodness: np.ndarray, place: int) -> int:
    """Find the best place near a place, of equals the nearest; the place itself where none is allowed."""
    near = np.arange(place - _NEAR, place + _NEAR + 1)
    order = np.lexsort((near, np.abs(near - place), -goodness[near]))
    best = int(near[order[0]])
    return best if goodness[best] else place
