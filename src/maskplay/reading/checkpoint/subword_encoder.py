"""Strings to the pieces of words that a checkpoint takes."""

import re
from typing import NamedTuple

import numpy as np

from maskplay.text import SubwordTokenizer

_SURROGATE = re.compile("[\ud800-\udfff]")


class Pieces(NamedTuple):
    """One text: ids `(pieces,)`, their places `(pieces, 2)` in its characters, and how many characters it has."""

    ids: np.ndarray
    offsets: np.ndarray
    characters: int


class SubwordEncoder:
    """Turns strings into pieces of words.

    Args:
        tokenizer: of the checkpoint.

    >>> tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "高", "38", "##2"]
    >>> pieces = SubwordEncoder(SubwordTokenizer.from_tokens(tokens))("高 382")
    >>> pieces.ids.tolist(), pieces.offsets.tolist(), pieces.characters
    ([4, 5, 6], [[0, 1], [2, 4], [4, 5]], 5)
    """

    def __init__(self, tokenizer: SubwordTokenizer) -> None:
        self.tokenizer = tokenizer
        self.first, self.between = (tokenizer.id_of(token) for token in ("[CLS]", "[SEP]"))

    def __call__(self, text: str) -> Pieces:
        """Encode one text; a lone surrogate is an unknown character."""
        ids, offsets = self.tokenizer(_SURROGATE.sub("\ufffd", text))
        real = offsets[:, 1] > offsets[:, 0]
        return Pieces(ids[real], offsets[real], len(text))
