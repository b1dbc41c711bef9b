"""A passage that answers are looked for in."""

import re
from functools import cached_property
from itertools import compress

from maskplay.text import Boundaries, boundaries, fold


class PassageText:
    """A passage's text, with the forms that searching needs made at most once.

    Args:
        text: the passage.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def exact(self, answer: str) -> list[int]:
        """Give the offsets of `answer`; those that cut no word or number, where there are such."""
        return self._sensible([(start, start + len(answer)) for start in _occurrences(self.text, answer)])

    def folded(self, answer: str, *, whole: bool = False) -> list[int]:
        """Give the offsets where the passage has `answer` in other case, width or script variant.

        With `whole`, only those that cut no word or number.
        """
        found = [(start, start + len(answer)) for start in _occurrences(self._folded, fold(answer))]
        if whole:
            return [start for start, end in found if self._is_sensible(start, end)]
        return self._sensible(found)

    def loose(self, answer: str) -> list[tuple[int, int]]:
        """Give (start, end) of `answer` in other blanks and punctuation too; they cut no word or number."""
        wanted, _ = _skeleton(fold(answer))
        if len(wanted) < 2:
            return []
        found = []
        letters, offsets = self._skeleton
        for first in _occurrences(letters, wanted):
            start, end = self._with_edges(answer, offsets[first], offsets[first + len(wanted) - 1] + 1)
            other_ends = set(_SENTENCE_END.findall(self.text[start:end])) - set(answer)
            if self._is_sensible(start, end) and not other_ends:
                found.append((start, end))
        return found

    def _with_edges(self, answer: str, start: int, end: int) -> tuple[int, int]:
        """Take in the punctuation around the span that the answer has as well."""
        small = fold(answer)
        _, offsets = _skeleton(small)
        before, behind = small[: offsets[0]], small[offsets[-1] + 1 :]
        while before and start > 0 and self._folded[start - 1] == before[-1]:
            before, start = before[:-1], start - 1
        while behind and end < len(self.text) and self._folded[end] == behind[0]:
            behind, end = behind[1:], end + 1
        return start, end

    def _sensible(self, spans: list[tuple[int, int]]) -> list[int]:
        sensible = [start for start, end in spans if self._is_sensible(start, end)] if len(spans) > 1 else []
        return sensible or [start for start, _ in spans]

    def _is_sensible(self, start: int, end: int) -> bool:
        return bool(self._boundaries.may_start[start] and self._boundaries.may_end[end - 1])

    @cached_property
    def _folded(self) -> str:
        return fold(self.text)

    @cached_property
    def _skeleton(self) -> tuple[str, list[int]]:
        return _skeleton(self._folded)

    @cached_property
    def _boundaries(self) -> Boundaries:
        return boundaries(self.text)


def _occurrences(text: str, wanted: str) -> list[int]:
    found, start = [], text.find(wanted) if wanted else -1
    while start >= 0:
        found.append(start)
        start = text.find(wanted, start + len(wanted))
    return found


def _skeleton(text: str) -> tuple[str, list[int]]:
    """Drop blanks and punctuation from folded text; give what stays and its offsets."""
    keep = bytearray(b"\1") * len(text)
    for match in _DROPPED.finditer(text):
        keep[match.start() : match.end()] = bytes(match.end() - match.start())
    return "".join(compress(text, keep)), list(compress(range(len(text)), keep))


_SENTENCE_END = re.compile("[。！？!?\n]")
_DROPPED = re.compile(
    r"""[\s\u00ad\u200b\u200e\u200f\ufeff]+|[、。;?!"“”‘’「」『』《》〈〉【】\[\]()…·—~]+|(?<![0-9])[,.:']|[,.:'](?![0-9])"""
)
"""Blanks and punctuation, but no mark inside a number, and no `-`, `%`, `+`, `/`, which change a meaning."""
