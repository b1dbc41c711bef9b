"""Cutting text into words that cover it exactly."""

import re
from collections.abc import Callable, Iterable
from itertools import accumulate

from maskplay.text.fold import fold

Segmenter = Callable[[str], Iterable[str]]
"""Any function from a text to its words, in order."""


def segment(text: str, segmenter: Segmenter | None = None) -> list[str]:
    """Cut `text` into words whose concatenation is `text`, character for character.

    Blanks and punctuation are words of their own. A segmenter may drop them (they are put back), and may
    change case, width or script variant (the words are cut from `text`, not taken from the segmenter); if it
    drops, adds or reorders anything else, that is an error and not a silent shift of all later offsets.

    Args:
        text: any string.
        segmenter: a function from text to words; by default rjieba.

    Raises:
        ValueError: if the segmenter's words do not follow the text.
        TypeError: if the segmenter gives something other than strings.
        ImportError: if no segmenter is given and rjieba is missing.

    >>> segment("白云山主峰高382米。")
    ['白云山', '主峰', '高', '382', '米', '。']
    >>> segment("Two  words!", str.split)
    ['Two', '  ', 'words!']
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string (str); received {type(text).__name__}.")
    if segmenter is None:
        return _default(text)
    words = list(segmenter(text))
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"the segmenter must give strings; it gave {word!r} ({type(word).__name__}).")
    return _covering(text, words)


def _default(text: str) -> list[str]:
    """Cut with rjieba, which speaks UTF-8: it sees a stand-in of the same length for lone surrogates."""
    try:
        import rjieba
    except ImportError:
        raise ImportError("the default segmenter needs rjieba: pip install rjieba.") from None
    legal = _SURROGATE.sub("\ufffd", text)
    words = _covering(legal, rjieba.cut(legal))
    if legal == text:
        return words
    ends = list(accumulate(map(len, words)))
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _covering(text: str, words: list[str]) -> list[str]:
    """Cut `text` where the words say, putting back what the segmenter dropped."""
    if "".join(words) == text:
        return [word for word in words if word]
    folded, pieces, position = fold(text), [], 0
    for word in filter(None, words):
        start = _find(text, folded, word, position)
        if start > position:
            pieces.append(text[position:start])
        position = start + len(word)
        pieces.append(text[start:position])
    _require_droppable(text[position:], "the end", position)
    return [*pieces, text[position:]] if position < len(text) else pieces


def _find(text: str, folded: str, word: str, position: int) -> int:
    """Give the offset of `word` at or after `position`, over nothing but blanks and punctuation."""
    small = fold(word)
    start = position
    while not folded.startswith(small, start):
        if start >= len(text):
            raise ValueError(
                f"the segmenter's words must follow the text in order; {word[:20]!r} is not in it from "
                f"character {position} on ({text[position : position + 20]!r})."
            )
        _require_droppable(text[start], repr(word[:20]), start)
        start += 1
    return start


def _require_droppable(dropped: str, before: str, position: int) -> None:
    for offset, character in enumerate(dropped):
        if character.isalnum():
            raise ValueError(
                f"the segmenter may drop blanks and punctuation only; it dropped {character!r} at character "
                f"{position + offset}, before {before}."
            )


_SURROGATE = re.compile("[\ud800-\udfff]")
