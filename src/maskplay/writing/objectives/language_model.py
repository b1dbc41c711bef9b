"""Each token from those before it."""

from dataclasses import dataclass

import numpy as np

from maskplay.writing.objectives.objective import Objective
from maskplay.writing.row import Encoded, Marks, Row, joined, joined_length, ones, positions


@dataclass(frozen=True)
class LanguageModel(Objective):
    """A language model: ranks rise with positions (a causal mask), and each token is to say the next.

    Args:
        target_only: only the target is to be said, to compare with sequence to sequence.
    """

    target_only: bool = False

    def length(self, example: Encoded) -> int:
        """One position for each token."""
        return joined_length(example)

    def row(self, example: Encoded, marks: Marks, rng: np.random.Generator) -> Row:
        """Make the row of an example."""
        tokens, segments = joined(example, marks)
        labels = np.append(tokens[1:], 0).astype("int32")
        if self.target_only and len(example.source):
            labels[: len(example.source) + 1] = 0
        places = positions(len(tokens))
        return Row(tokens, segments, places, places, ones(len(tokens)), labels)
