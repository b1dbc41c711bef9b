"""The second leaf: who belongs together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from maskplay.masks.terms.line import Line, at, in_namespace
from maskplay.masks.terms.pick import Pick


@dataclass(frozen=True, eq=False)
class Segments:
    """A query sees the keys of its own segment; or, if not `same`, those of all others.

    Args:
        query: segments of the queries, a line.
        key: segments of the keys, a line.
        same: whether it is the own segment that is seen.
    """

    query: Line
    key: Line
    same: bool = True

    def seen(self, xp: Any) -> Any:
        """Give it as an array of `xp`, `(batch or 1, query_length or 1, key_length or 1)`."""
        relation = xp.equal if self.same else xp.not_equal
        return relation(in_namespace(self.key, xp)[:, None, :], in_namespace(self.query, xp)[:, :, None])

    def allows(self, row: int, query: int, key: int) -> bool:
        """Say whether a query sees a key."""
        return bool(at(self.key, row, key) == at(self.query, row, query)) == self.same

    def inverse(self) -> "Segments":
        """Give what sees where this does not."""
        return Segments(self.query, self.key, not self.same)

    def transposed(self) -> "Segments":
        """Give it with keys and queries in each other's place."""
        return Segments(self.key, self.query, self.same)

    def picked(self, queries: Pick | None, keys: Pick | None) -> "Segments":
        """Give some queries and keys of it."""
        return Segments(
            queries.of_line(self.query) if queries else self.query,
            keys.of_line(self.key) if keys else self.key,
            self.same,
        )

    def known(self) -> bool | None:
        """Say nothing: segments are arrays."""
        return None

    @property
    def reflexive(self) -> bool:
        """Whether every position is known to see itself."""
        return self.same and self.query is self.key

    def leaves(self) -> Iterator["Segments"]:
        """Give itself."""
        yield self
