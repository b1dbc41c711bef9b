"""The word id under each character: what a model of characters *and* words reads."""

import numpy as np

from maskplay.text.fold import fold
from maskplay.text.segment import Segmenter, segment
from maskplay.text.word_of_character import word_of_character
from maskplay.text.word_vectors import WordVectors


def word_ids(text: str, vectors: WordVectors, segmenter: Segmenter | None = None) -> np.ndarray:
    """Give each character the id of the word that it stands in.

    Where the vectors were trained on folded text, the text is folded before it is cut, so that Traditional
    text meets the segmenter's (Simplified) dictionary; folding keeps offsets.

    Args:
        text: any string.
        vectors: the known words.
        segmenter: see `segment`.

    Returns:
        An int32 array `(len(text),)`: 1 for characters of unknown words; 0 never occurs.

    >>> vectors = WordVectors(["白云山"], np.ones((1, 2)), fold=True)
    >>> word_ids("白雲山高", vectors).tolist()
    [2, 2, 2, 1]
    """
    words = segment(fold(text) if vectors.fold else text, segmenter)
    return vectors.ids(words)[word_of_character(words)]
