"""From words to characters: which word is each character in."""

from collections.abc import Sequence

import numpy as np


def word_of_character(words: Sequence[str]) -> np.ndarray:
    """Number the word of each character.

    Args:
        words: words that cover a text exactly, as `segment` gives them.

    Returns:
        An int32 array `(total length of the words,)`, rising from 0 to `len(words) - 1`.

    >>> word_of_character(["白云山", "高"]).tolist()
    [0, 0, 0, 1]
    """
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    return np.repeat(np.arange(len(words), dtype=np.int32), lengths)
