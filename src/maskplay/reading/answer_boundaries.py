"""Where an answer may start and end."""

import unicodedata
from dataclasses import replace

import numpy as np

from maskplay.text import Boundaries, boundaries

_MARKS = frozenset("。，、；：！？,;:!?")  # not the dot, which may belong to a word


def answer_boundaries(text: str) -> Boundaries:
    """Find where answers in `text` may start and end.

    As `maskplay.text.boundaries` says, and neither with a blank or control character nor with a mark between or behind
    clauses.

    >>> found = answer_boundaries("高 382米。")
    >>> found.may_start.tolist()
    [True, False, True, False, False, True, False]
    """
    found = boundaries(text)
    proper = ~np.fromiter(map(_is_outside, text), bool, len(text))
    return replace(found, may_start=found.may_start & proper, may_end=found.may_end & proper)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Narrow a reference to what an answer may be: without blanks and marks at its ends.

    Annotators take a full stop into their answer or leave it, as chance will have it, and no metric minds.

    >>> trimmed("高382米。", 1, 6), trimmed("。。", 0, 2)
    ((1, 5), (0, 2))
    """
    first, last = start, end
    while first < last and _is_outside(text[last - 1]):
        last -= 1
    while first < last and _is_outside(text[first]):
        first += 1
    return (first, last) if first < last else (start, end)


def _is_outside(character: str) -> bool:
    return character in _MARKS or character.isspace() or unicodedata.category(character) in ("Cc", "Cs")
