"""Strings to the ids that a reader network takes."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from maskplay.text import CharVocabulary, Segmenter, WordVectors, word_ids


class Ids(NamedTuple):
    """One text as ids: `characters` and `words`, int32 `(len(text),)` each; a word's id stands at its characters."""

    characters: np.ndarray
    words: np.ndarray


@dataclass(frozen=True)
class TextEncoder:
    """Turns strings into ids, one per code point, so that offsets into the ids are offsets into the string.

    Args:
        vocabulary: the characters.
        vectors: the words.
        segmenter: cuts a text into words; None is rjieba.
    """

    vocabulary: CharVocabulary
    vectors: WordVectors
    segmenter: Segmenter | None = None

    def __call__(self, text: str) -> Ids:
        """Encode one text.

        >>> encode = TextEncoder(CharVocabulary("白云山"), WordVectors(["主峰"], [[1.0]]))
        >>> [ids.tolist() for ids in encode("白云主峰")]
        [[2, 3, 1, 1], [1, 1, 2, 2]]
        """
        return Ids(self.vocabulary.ids(text), word_ids(text, self.vectors, self.segmenter))
