"""A target from its source."""

from dataclasses import dataclass

import numpy as np

from maskplay.writing.objectives.objective import Objective
from maskplay.writing.row import Encoded, Marks, Row, joined, joined_length, ones, positions


@dataclass(frozen=True)
class SequenceToSequence(Objective):
    """Sequence to sequence with one network (UniLM, Dong et al. 2019): the source is read both ways, the target is
    said.

    All of the source has rank 0, target tokens 1, 2, 3, …; the last token of the source says the first of the target.
    Where an example has no source it is cut at a place of chance: what comes first is the source.
    """

    def length(self, example: Encoded) -> int:
        """One position for each token."""
        return joined_length(example) + int(not len(example.source) and len(example.target) > 1)

    def row(self, example: Encoded, marks: Marks, rng: np.random.Generator) -> Row:
        """Make the row of an example."""
        if not len(example.source) and len(example.target) > 1:
            cut = int(rng.integers(1, len(example.target)))
            example = example._replace(source=example.target[:cut], target=example.target[cut:])
        tokens, segments = joined(example, marks)
        read = len(example.source) + 2 if len(example.source) else 1
        labels = np.append(tokens[1:], 0).astype("int32")
        labels[: read - 1] = 0
        places = positions(len(tokens))
        ranks = np.maximum(places - (read - 1), 0)
        return Row(tokens, segments, places, ranks, ones(len(tokens)), labels)
