"""A span in its sentence, fit to be shown."""

from typing import NamedTuple

_SENTENCE_ENDS = "。！？!?；\n\r"
_WIDTH = 60  # characters shown to each side

_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SURROGATES = range(0xD800, 0xE000)
_SHOWN = dict.fromkeys((*_CONTROLS, *_SURROGATES), "·")
_SHOWN |= {ord(blank): " " for blank in "\t\n\r"}


class Excerpt(NamedTuple):
    """A span, and what stands before and behind it in its sentence."""

    before: str
    span: str
    after: str


def shown(text: str) -> str:
    r"""Replace what a terminal cannot show, and what would move its cursor, colour it or turn the writing round.

    >>> shown("a\x1b[31mb\nc")
    'a·[31mb c'
    """
    return text.translate(_SHOWN)


def excerpt(text: str, start: int, end: int) -> Excerpt:
    """Cut a span's sentence out of a text, shortened to 60 characters on each side.

    >>> excerpt("广州很大。白云山高382米，不算高。", 9, 13)
    Excerpt(before='白云山高', span='382米', after='，不算高。')
    """
    before, after = text[max(0, start - _WIDTH) : start], text[end : end + _WIDTH]
    first = max(before.rfind(mark) for mark in _SENTENCE_ENDS) + 1
    # The mark that ends the sentence belongs to it; one inside of the span does not end it.
    ends = [after.find(mark) for mark in _SENTENCE_ENDS if mark in after]
    last = min(ends) + 1 if ends else len(after)
    cut_before = first == 0 and start > _WIDTH
    cut_after = not ends and end + _WIDTH < len(text)
    return Excerpt(
        "…" * cut_before + shown(before[first:]).lstrip(),
        shown(text[start:end]),
        shown(after[:last]).rstrip() + "…" * cut_after,
    )


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    r"""Give the line and the column of a character, both counted from 1.

    >>> line_and_column("广州\n白云山", 4)
    (2, 2)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
