"""One token for each character."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from maskplay._number import checked_number
from maskplay.text import CharVocabulary, segment, simplify, word_of_character

VOCABULARY = "vocabulary.json"
_START, _END, _MASK = 2, 3, 4
_ADDED = 3  # the three are put behind padding and unknown, before the characters


class CharacterCoder:
    """Characters as tokens, as they are written, or in Simplified Chinese; nothing else is folded.

    Args:
        vocabulary: not folded.
        simplified: read Traditional Chinese as Simplified, character by character.

    >>> coder = CharacterCoder.of(["春眠不覺曉"])
    >>> ids = coder.ids("春曉！")
    >>> ids.tolist(), coder.text(ids)
    ([6, 7, 1], '春曉')
    >>> coder = CharacterCoder.of(["春眠不覺曉"], simplified=True)
    >>> coder.text(coder.ids("春曉"))
    '春晓'
    """

    start, end, mask = _START, _END, _MASK
    never = (0, 1, _START, _MASK)

    def __init__(self, vocabulary: CharVocabulary, simplified: bool = False) -> None:
        if vocabulary.fold:
            raise ValueError("The vocabulary of a writer must not be folded: CharVocabulary(…, fold=False).")
        self.vocabulary, self.simplified = vocabulary, simplified
        self.kind = "simplified characters" if simplified else "characters"
        self.size = len(vocabulary) + _ADDED

    @classmethod
    def of(cls, texts: Iterable[str], at_least: int = 1, simplified: bool = False) -> "CharacterCoder":
        """Know the characters of texts that occur so often.

        Raises:
            TypeError: `at_least` is no whole number.
            ValueError: None does, or `at_least` is below 1.
        """
        if simplified:
            texts = map(simplify, texts)
        at_least = checked_number("at_least", at_least, int, 1)
        vocabulary = CharVocabulary.from_texts(texts, min_count=at_least, fold=False)
        if not vocabulary.characters:
            raise ValueError(
                f"The texts must have a character that occurs at_least={at_least} times. Received none: a writer would "
                "know nothing. Lower at_least, or add texts."
            )
        return cls(vocabulary, simplified)

    @classmethod
    def load(cls, folder: Path, simplified: bool = False) -> "CharacterCoder":
        """Read `vocabulary.json`."""
        return cls(CharVocabulary.load(folder / VOCABULARY), simplified)

    def save(self, folder: Path) -> None:
        """Write `vocabulary.json`."""
        self.vocabulary.save(folder / VOCABULARY)

    def folded(self, text: str) -> str:
        """Give the text, in Simplified Chinese if tokens are."""
        return simplify(text) if self.simplified else text

    def ids(self, text: str) -> np.ndarray:
        """Give a token for each character."""
        ids = self.vocabulary.ids(self.folded(text))
        return np.where(ids > 1, ids + _ADDED, ids).astype("int32")

    def words(self, text: str) -> np.ndarray:
        """Give the word of each character."""
        return word_of_character(segment(text)) if text else np.zeros(0, "int32")

    def text(self, ids: np.ndarray) -> str:
        """Give the text; what is no character disappears."""
        ids = np.asarray(ids)
        return self.vocabulary.text(ids[ids > _MASK] - _ADDED)
