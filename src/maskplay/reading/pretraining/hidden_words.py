"""Texts whose words are hidden, to be said from what stands around them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from maskplay.reading.text_encoder import Ids
from maskplay.text.char_vocabulary import UNKNOWN

_SHOWN = 0.1  # of the words that are to be said are not hidden: readers will see all words


class Batch(NamedTuple):
    """What one training step takes: inputs by name, the characters to be said `(places,)`, weights `(places,)`."""

    inputs: dict[str, np.ndarray]
    labels: np.ndarray
    weights: np.ndarray


class HiddenWords:
    """Batches of pieces of texts in which whole words are hidden (Devlin et al. 2018; Cui et al. 2019).

    Where a hidden word stood, character and word are unknown. Texts are cut to pieces of one length, in each epoch at
    other places; what is left of a batch at an epoch's end waits for the next epoch.

    Args:
        texts: ids.
        length: characters of a piece.
        rows: pieces of a batch.
        share: of the characters that are to be said.
        seed: of cuts, order and what is hidden; the same for the same epoch and number of a batch.

    Raises:
        ValueError: The texts are shorter than one batch.
    """

    def __init__(self, texts: Sequence[Ids], *, length: int, rows: int, share: float, seed: int = 0) -> None:
        self._characters = np.concatenate([np.zeros(0, np.int32), *(ids.characters for ids in texts)])
        self._words = np.concatenate([np.zeros(0, np.int32), *(ids.words for ids in texts)])
        self._length, self._rows, self._seed = length, rows, seed
        self._said = max(1, round(length * share))
        self._pieces: tuple[int, np.ndarray] | None = None
        if self.steps(0) < 1:
            raise ValueError(
                f"The texts must have at least {length * (rows + 1):,} characters, a batch and a piece more. "
                f"Received: {len(self._characters):,}"
            )

    def steps(self, epoch: int) -> int:
        """Count the batches of an epoch."""
        return (len(self._characters) // self._length - 1) // self._rows

    def batch(self, epoch: int, number: int) -> Batch:
        """Make one batch of an epoch."""
        starts = self._starts(epoch)[number * self._rows : (number + 1) * self._rows]
        cells = starts[:, None] + np.arange(self._length)
        characters, words = self._characters[cells], self._words[cells]
        rng = np.random.default_rng((self._seed, epoch, number))
        chosen, hidden = zip(*(self._hidden(row, rng) for row in words), strict=True)
        row = np.arange(self._rows)[:, None]
        labels = characters[row, np.stack(chosen)].reshape(-1)
        for ids in (characters, words):
            ids[row, np.stack(chosen)] = np.where(np.stack(hidden), UNKNOWN, ids[row, np.stack(chosen)])
        places = (row * self._length + np.stack(chosen)).reshape(-1).astype(np.int32)
        inputs = {"characters": characters, "words": words, "places": places}
        return Batch(inputs, labels, (labels > UNKNOWN).astype(np.float32))

    def _starts(self, epoch: int) -> np.ndarray:
        """Give where the pieces of an epoch begin, in their order."""
        if self._pieces is None or self._pieces[0] != epoch:
            rng = np.random.default_rng((self._seed, epoch))
            count = len(self._characters) // self._length - 1
            starts = int(rng.integers(self._length)) + self._length * rng.permutation(count)
            self._pieces = epoch, starts
        return self._pieces[1]

    def _hidden(self, words: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Choose characters of a piece, word by word; tell which of them are hidden.

        A word is a run of equal ids; unknown ones are words of one character.
        """
        begins = np.ones(len(words), bool)
        begins[1:] = (words[1:] != words[:-1]) | (words[1:] == UNKNOWN)
        word = np.cumsum(begins) - 1
        turn = rng.permutation(word[-1] + 1)
        chosen = np.argsort(turn[word], kind="stable")[: self._said]
        shown = rng.random(word[-1] + 1) < _SHOWN
        return chosen, ~shown[word[chosen]]
