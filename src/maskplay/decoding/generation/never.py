"""Tokens that are never written."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from maskplay.decoding.generation.constraint import Constraint


@dataclass(frozen=True)
class Never(Constraint):
    """Forbids some tokens.

    Args:
        tokens: their ids.
    """

    tokens: tuple[int, ...]

    def allowed(self, memory: Any, texts: Any, index: Any, vocabulary: int) -> Any:
        """Allow all others."""
        return ops.convert_to_tensor(~np.isin(np.arange(vocabulary), self.tokens))
