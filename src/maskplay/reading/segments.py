"""A text that comes in chunks, cut where nothing is glued."""

from collections.abc import Iterable, Iterator

_SAFE = "\n。！？"  # no word, number or span boundary depends on what stands beyond these
_LEAST = 1 << 14
_MOST = 1 << 16


def segments(chunks: Iterable[str]) -> Iterator[str]:
    """Cut a text into segments that end with a line or a sentence.

    A segment has 16,384 characters or little more; where a text has no line end or full stop for 65,536 characters, it
    is cut all the same. The segments, and so what is computed from each, do not depend on the chunks.

    Args:
        chunks: strings; the text is all of them, one after the other.

    >>> [len(segment) for segment in segments(["山" * 30000, "。高" * 9000])]
    [30001, 16384, 1615]
    """
    pending = ""
    for chunk in chunks:
        pending += chunk
        while len(pending) >= _MOST + 1:
            cut = _cut(pending)
            yield pending[:cut]
            pending = pending[cut:]
    while len(pending) > _LEAST:
        cut = _cut(pending)
        yield pending[:cut]
        pending = pending[cut:]
    if pending:
        yield pending


def _cut(text: str) -> int:
    """Find where the first segment of a text ends."""
    found = [text.find(mark, _LEAST - 1, _MOST) for mark in _SAFE]
    return min((place + 1 for place in found if place >= 0), default=min(_MOST, len(text)))
