"""Strings to tokens and back."""

from pathlib import Path
from typing import Protocol

import numpy as np


class Coder(Protocol):
    """Turns texts into tokens and tokens into texts; id 0 is padding."""

    @property
    def kind(self) -> str:
        """Its name in files."""

    @property
    def size(self) -> int:
        """How many tokens there are."""

    @property
    def start(self) -> int:
        """The id before a source."""

    @property
    def end(self) -> int:
        """The id behind a source, and behind a target."""

    @property
    def mask(self) -> int:
        """The id of what is to be guessed."""

    @property
    def never(self) -> tuple[int, ...]:
        """Ids that are never written."""

    def folded(self, text: str) -> str:
        """Give a text as its tokens say it, one character for one."""

    def ids(self, text: str) -> np.ndarray:
        """Give the tokens of a text, int32 `(tokens,)`."""

    def words(self, text: str) -> np.ndarray:
        """Give the number of the word that each token is in, int32 `(tokens,)`, rising."""

    def text(self, ids: np.ndarray) -> str:
        """Give the text of tokens."""

    def save(self, folder: Path) -> None:
        """Write what `load_coder` reads."""


def load_coder(kind: str, folder: Path) -> Coder:
    """Read the coder of a folder.

    Args:
        kind: "characters", "simplified characters" or "subwords".
        folder: where its files are.

    Raises:
        ValueError: There is no such kind, or a file is damaged.
        FileNotFoundError: A file is missing.
    """
    if kind in ("characters", "simplified characters"):
        from maskplay.writing.character_coder import CharacterCoder

        return CharacterCoder.load(folder, simplified=kind != "characters")
    if kind == "subwords":
        from maskplay.writing.subword_coder import SubwordCoder

        return SubwordCoder.load(folder)
    raise ValueError(
        f'the text must be in "characters", "simplified characters" or "subwords". Received: {kind!r}'
    )
