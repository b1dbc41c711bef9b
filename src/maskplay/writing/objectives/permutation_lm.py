"""Each token from those before it in another order."""

from dataclasses import dataclass

import numpy as np

from maskplay.writing.objectives.objective import Objective
from maskplay.writing.row import Encoded, Marks, Row, joined, joined_length


@dataclass(frozen=True)
class PermutationLM(Objective):
    """A permutation language model (Scientific Spaces 6933; XLNet, Yang et al. 2019).

    A token's rank is its turn. The last ones in turn are to be said, each by a mask token that stands in its place,
    sees what came before it in turn, and is seen by nobody: XLNet's second stream as more positions of the same row,
    so that a network of one stream needs no change.

    The order can be given to the network in two ways that come to the same: "mask" leaves tokens in their places and
    shuffles the ranks; "input" shuffles the tokens, which take their positions with them, and the ranks rise.

    Args:
        share: of the tokens that are said.
        shuffle: "mask" or "input".
    """

    share: float = 0.25
    shuffle: str = "mask"

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"share must be above 0 and at most 1. Received: {self.share}")
        if self.shuffle not in ("mask", "input"):
            raise ValueError(f'shuffle must be "mask" or "input". Received: {self.shuffle!r}')

    def length(self, example: Encoded) -> int:
        """A position for each token, and one for each that is said."""
        count = joined_length(example)
        return count + self._said(count)

    def row(self, example: Encoded, marks: Marks, rng: np.random.Generator) -> Row:
        """Make the row of an example."""
        tokens, segments = joined(example, marks)
        count = len(tokens)
        order = np.append(0, 1 + rng.permutation(count - 1)).astype("int32")  # the start comes first
        turn = np.argsort(order).astype("int32")
        asked = np.sort(order[count - self._said(count) :])
        content = order if self.shuffle == "input" else np.arange(count, dtype="int32")
        places = np.concatenate([content, asked]).astype("int32")
        is_asked = np.arange(len(places)) >= count
        return Row(
            tokens=np.where(is_asked, marks.mask, tokens[places]).astype("int32"),
            segments=segments[places],
            positions=places,
            ranks=turn[places] - is_asked.astype("int32"),
            seen=1 - is_asked.astype("int32"),
            labels=np.where(is_asked, tokens[places], 0).astype("int32"),
        )

    def _said(self, count: int) -> int:
        return max(1, round(self.share * (count - 1)))
