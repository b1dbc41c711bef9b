"""A text that comes in chunks, cut where nothing is glued."""

import re
from collections.abc import Iterable, Iterator

import numpy as np

from maskplay.reading.cuts import may_cut
from maskplay.text import boundaries

_SAFE = re.compile("[\n。！？]")  # no word, number or span boundary depends on what stands beyond these
_LEAST = 1 << 14
_MOST = 1 << 16
_BACK = 1024  # how far before `_MOST` a cut is looked for
_CONTEXT = 64  # characters that must follow it for it to be judged


def segments(chunks: Iterable[str]) -> Iterator[str]:
    """Cut a text into segments that end with a line or a sentence.

    A segment has 16,384 characters or little more; where a text has no line end or full stop for 65,536 characters, it
    is cut between two words. The segments, and so what is computed from each, do not depend on the chunks.

    Args:
        chunks: strings; the text is all of them, one after the other.

    Raises:
        TypeError: if a chunk is not a string.

    >>> [len(segment) for segment in segments(["山" * 30000, "。高" * 9000])]
    [30001, 16384, 1615]
    """
    pending = ""
    for part in _parts(chunks):
        pending += part
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


def _parts(chunks: Iterable[str]) -> Iterator[str]:
    """Check the chunks, and cut long ones: time is linear however long they are."""
    for chunk in chunks:
        if not isinstance(chunk, str):
            raise TypeError(f"Every chunk of a text must be a string. Received: {chunk!r:.60}")
        for first in range(0, len(chunk), _MOST):
            yield chunk[first : first + _MOST]


def _cut(text: str) -> int:
    """Find where the first segment of a text ends."""
    for match in _SAFE.finditer(text, _LEAST - 1, _MOST):
        if boundaries(text[match.start() : match.start() + 2]).may_end[0]:  # no accent or the like follows
            return match.end()
    if len(text) <= _MOST:
        return len(text)
    window = text[_MOST - _BACK : _MOST + 1]  # no more is known for sure, however the chunks come
    allowed = np.flatnonzero(may_cut(window)[: _BACK - _CONTEXT])
    return _MOST - _BACK + int(allowed[-1]) if allowed[-1] > 0 else _MOST
