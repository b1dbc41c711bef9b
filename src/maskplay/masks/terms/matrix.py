"""The leaf of last resort: a matrix."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from maskplay.masks.terms.line import frozen, in_array
from maskplay.masks.terms.pick import Pick


@dataclass(frozen=True, eq=False)
class Matrix:
    """A query sees the keys that the matrix says.

    Args:
        pairs: boolean, `(batch or 1, query_length, key_length)`, of NumPy or of the backend.
    """

    pairs: Any

    def seen(self, xp: Any) -> Any:
        """Give it as an array of `xp`."""
        return in_array(self.pairs, xp)

    def allows(self, row: int, query: int, key: int) -> bool:
        """Say whether a query sees a key."""
        return bool(self.pairs[0 if self.pairs.shape[0] == 1 else row, query, key])

    def inverse(self) -> "Matrix":
        """Give what sees where this does not."""
        if isinstance(self.pairs, np.ndarray):
            return Matrix(frozen(~self.pairs))
        return Matrix(ops.logical_not(self.pairs))

    def transposed(self) -> "Matrix":
        """Give it with keys and queries in each other's place."""
        if isinstance(self.pairs, np.ndarray):
            return Matrix(frozen(self.pairs.swapaxes(1, 2)))
        return Matrix(ops.swapaxes(self.pairs, 1, 2))

    def picked(self, queries: Pick | None, keys: Pick | None) -> "Matrix":
        """Give some queries and keys of it."""
        pairs = queries.of_matrix(self.pairs, 1) if queries else self.pairs
        return Matrix(keys.of_matrix(pairs, 2) if keys else pairs)

    def known(self) -> bool | None:
        """Say nothing: it is an array."""
        return None

    @property
    def reflexive(self) -> bool:
        """Whether every position is known to see itself: its values are not looked at."""
        return False

    def leaves(self) -> Iterator["Matrix"]:
        """Give itself."""
        yield self
