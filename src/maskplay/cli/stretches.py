"""Long texts, cut into stretches of the length that a reader learned from."""

import re
from collections.abc import Iterator

WHOLE = 1000
"""A text of so many characters is not cut."""

_MOST = 800
_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’」』）]*|[^。！？]+")


def stretches(text: str) -> Iterator[tuple[int, str]]:
    """Cut a text at the ends of lines, of sentences where a line is too long, into stretches of up to 800 characters.

    In a long text much looks like an answer, and only its surroundings tell which is meant. A stretch is weighed by the
    words that it shares with the question, a text as a whole cannot be.

    Args:
        text: any; one of up to 1,000 characters stays whole.

    Yields:
        The offset of a stretch in the text, and the stretch. Joined they are the text.

    >>> [(offset, len(stretch)) for offset, stretch in stretches("山。" * 700)]
    [(0, 800), (800, 600)]
    """
    if len(text) <= WHOLE:
        yield 0, text
        return
    first = end = 0
    for size in _sizes(text):
        if end + size - first > _MOST and end > first:
            yield first, text[first:end]
            first = end
        end += size
    yield first, text[first:end]


def _sizes(text: str) -> Iterator[int]:
    """Give the lengths of what is not cut: lines, or sentences, or 800 characters of what has no ends."""
    for line in text.splitlines(keepends=True):
        for sentence in [line] if len(line) <= _MOST else _SENTENCE.findall(line):
            whole, rest = divmod(len(sentence), _MOST)
            yield from [_MOST] * whole
            if rest:
                yield rest
