"""Texts that are not too short."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from maskplay.decoding.generation.constraint import Constraint


@dataclass(frozen=True)
class MinimumLength(Constraint):
    """Forbids the end before there are enough tokens.

    Args:
        length: tokens, the end not counted.
        end: the id of the end.
    """

    length: int
    end: int

    def allowed(self, memory: Any, texts: Any, index: Any, vocabulary: int) -> Any:
        """Allow the end when there are enough."""
        return ops.logical_or(ops.arange(vocabulary) != self.end, index >= self.length)
