"""A question and a passage as rows of a Transformer: windows of the passage, each behind the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from maskplay.reading.checkpoint.subword_encoder import Pieces
from maskplay.reading.training_data import window_starts

_QUESTION = 64  # pieces of a question that are read, as the old pipeline did
_SHARED = 128  # pieces that neighbouring windows share


class Window(NamedTuple):
    """Pieces `first` to before `last` of the passage of pair number `pair`."""

    pair: int
    first: int
    last: int


@dataclass(frozen=True)
class Pair:
    """A question, and a passage cut into windows.

    Args:
        question: its ids.
        passage: its pieces.
        longest: positions of a row at most.
    """

    question: np.ndarray
    passage: Pieces
    longest: int

    @property
    def asked(self) -> np.ndarray:
        """What is read of the question."""
        return self.question[: min(_QUESTION, self.longest // 2)]

    def windows(self, number: int) -> list[Window]:
        """Cut the passage, so that every piece stands well inside of some window."""
        room = self.longest - len(self.asked) - 3
        count = len(self.passage.ids)
        starts = window_starts(count, room, min(_SHARED, room // 2))
        return [Window(number, first, min(count, first + room)) for first in starts]

    def row(self, window: Window, first: int, between: int) -> tuple[np.ndarray, np.ndarray]:
        """Give tokens and segments of a window: [CLS] question [SEP] passage [SEP]."""
        asked = self.asked
        read = self.passage.ids[window.first : window.last]
        tokens = np.concatenate([[first], asked, [between], read, [between]])
        return tokens, np.repeat([0, 1], [len(asked) + 2, len(read) + 1])

    def joined(self, windows: Sequence[Window], logits: Sequence[np.ndarray]) -> np.ndarray:
        """Put the logits of windows together: a piece has those of the window in which it stands farthest inside.

        Args:
            windows: of this pair.
            logits: of the passage's pieces in each, `(pieces, 2)`.

        Returns:
            `(pieces of the passage, 2)`.
        """
        found = np.zeros((len(self.passage.ids), 2), np.float32)
        farthest = np.full(len(self.passage.ids), -1)
        for window, said in zip(windows, logits, strict=True):
            place = np.arange(window.last - window.first)
            inside = np.minimum(place, place[::-1])
            better = inside > farthest[window.first : window.last]
            found[window.first : window.last][better] = said[better]
            farthest[window.first : window.last][better] = inside[better]
        return found
