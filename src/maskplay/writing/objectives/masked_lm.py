"""Hidden tokens from all others."""

from dataclasses import dataclass

import numpy as np

from maskplay.writing.objectives.objective import Objective
from maskplay.writing.row import Encoded, Marks, Row, joined, joined_length, ones, positions


@dataclass(frozen=True)
class MaskedLM(Objective):
    """A masked language model (Devlin et al. 2018): everybody sees everybody, and hidden tokens are to be said.

    Of the hidden ones 80 % are masked, 10 % become another token, and 10 % stay as they are.

    Args:
        share: of the tokens that are hidden; one at least.
        whole_words: all tokens of a word are hidden together (Cui et al. 2019).
    """

    share: float = 0.15
    whole_words: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError(f"share must be above 0 and below 1. Received: {self.share}")

    @property
    def words(self) -> bool:  # type: ignore[override]
        """Whether it asks for words."""
        return self.whole_words

    def length(self, example: Encoded) -> int:
        """One position for each token."""
        return joined_length(example)

    def row(self, example: Encoded, marks: Marks, rng: np.random.Generator) -> Row:
        """Make the row of an example."""
        tokens, segments = joined(example, marks)
        hidden = self._hidden(example, rng)
        labels = np.where(hidden, tokens, 0).astype("int32")
        chance = rng.random(len(tokens))
        tokens = np.where(hidden & (chance < 0.8), marks.mask, tokens)
        other = rng.choice(marks.others, len(tokens))
        tokens = np.where(hidden & (chance >= 0.8) & (chance < 0.9), other, tokens).astype("int32")
        count = len(tokens)
        return Row(tokens, segments, positions(count), np.zeros(count, "int32"), ones(count), labels)

    def _hidden(self, example: Encoded, rng: np.random.Generator) -> np.ndarray:
        """Choose words until there are enough tokens."""
        count = len(example.source) + len(example.target)
        words = example.words if self.whole_words and len(example.words) else positions(count)
        wanted = max(1, round(self.share * count))
        order = rng.permutation(np.unique(words))
        sizes = np.bincount(words, minlength=int(words.max()) + 1)[order]
        few = order[: int(np.searchsorted(np.cumsum(sizes), wanted)) + 1]
        inner = np.isin(words, few)
        cut, gap = len(example.source), np.zeros(1, bool)
        between = [inner[:cut], gap] if cut else []
        return np.concatenate([gap, *between, inner[cut:], gap])
