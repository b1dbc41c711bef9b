"""The texts that may be written, and their tokens."""

from collections.abc import Iterable
from os.path import commonprefix

import numpy as np

from maskplay.decoding.generation import OneOf
from maskplay.writing.coder import Coder


class AllowedTexts:
    """A list of texts, each found again by its tokens, for tokens may lose case and blanks.

    Args:
        texts: as they are to be written.
        coder: makes tokens of them.

    Attributes:
        constraint: which allows their tokens and nothing else.

    Raises:
        ValueError: A text cannot be written, or two have the same tokens, or there is none.

    >>> from maskplay.writing.character_coder import CharacterCoder
    >>> coder = CharacterCoder.of(["春曉日"], simplified=True)
    >>> texts = AllowedTexts(["春曉", "春日"], coder)
    >>> texts.text(coder.ids("春晓")), texts.begun(coder.ids("春"))
    ('春曉', '春')
    """

    def __init__(self, texts: Iterable[str], coder: Coder) -> None:
        self._texts: dict[tuple[int, ...], str] = {}
        unwritten = {*coder.never, coder.end}
        for text in texts:
            ids = tuple(coder.ids(text).tolist())
            if not ids or unwritten.intersection(ids):
                raise ValueError(f"Every allowed text must be of known tokens. Received: {text!r}")
            other = self._texts.setdefault(ids, text)
            if other != text:
                raise ValueError(
                    f"Allowed texts must differ in their tokens. Received: {other!r} and {text!r}, which have "
                    "the same. Take one of them out."
                )
        self.constraint = OneOf(self._texts, coder.end)

    def text(self, ids: np.ndarray) -> str:
        """Give the text of tokens."""
        return self._texts[tuple(ids.tolist())]

    def begun(self, ids: np.ndarray) -> str:
        """Give what all texts that begin with some tokens begin with."""
        begin = tuple(ids.tolist())
        texts = [text for tokens, text in self._texts.items() if tokens[: len(begin)] == begin]
        return commonprefix(texts)  # noqa: RUF071 - of characters, not of folders
