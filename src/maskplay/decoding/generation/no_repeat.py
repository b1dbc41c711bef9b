"""Texts that do not go round in circles."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from maskplay.decoding.generation.constraint import Constraint


@dataclass(frozen=True)
class NoRepeat(Constraint):
    """Forbids a run of tokens that the text has already (Paulus et al. 2017).

    Args:
        length: of the run; 1 forbids every token that was there.
    """

    length: int

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError(f"A run that is not repeated has at least 1 token. Received: {self.length}")

    def allowed(self, memory: Any, texts: Any, index: Any, vocabulary: int) -> Any:
        """Allow what does not complete such a run."""
        batch, width, capacity = texts.shape
        before, starts = self.length - 1, capacity - self.length + 1
        if starts < 1:
            return ops.ones((1, 1, vocabulary), dtype="bool")
        begin = ops.arange(starts)  # of each run that there may be
        same = ops.broadcast_to(begin + before < index, (batch, width, starts))
        for place in range(before):
            # The last tokens, one by one, against the run's; what lies before the text is excluded by `same`.
            last = ops.take(texts, ops.maximum(index - before + place, 0), axis=2)
            same = ops.logical_and(same, texts[:, :, place : place + starts] == last[:, :, None])
        closing = texts[:, :, before:]
        return _without(ops.where(same, closing, vocabulary), vocabulary)


def _without(tokens: Any, vocabulary: int) -> Any:
    """Give where the vocabulary has none of some tokens `(batch, width, n)`; `vocabulary` itself stands for none."""
    batch, width, count = tokens.shape
    rows = ops.repeat(ops.arange(batch * width, dtype="int32"), count)
    places = rows * (vocabulary + 1) + ops.reshape(ops.cast(tokens, "int32"), (-1,))
    hits = ops.scatter_update(
        ops.zeros((batch * width * (vocabulary + 1),), dtype="int32"),
        places[:, None],
        ops.ones((batch * width * count,), dtype="int32"),
    )
    return ops.reshape(hits, (batch, width, vocabulary + 1))[:, :, :-1] == 0
