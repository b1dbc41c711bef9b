"""The first leaf: who comes before whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from maskplay.masks.terms.line import Line, at, ends, in_namespace, is_fixed, negated
from maskplay.masks.terms.pick import Pick


@dataclass(frozen=True, eq=False)
class Ranks:
    """A query sees a key whose rank is at most its own (Scientific Spaces 6933).

    Causal, prefix, permutation, blank filling and padding are all this, with different ranks; a window is two of it.

    Args:
        query: ranks of the queries, a line.
        key: ranks of the keys, a line.
    """

    query: Line
    key: Line

    def seen(self, xp: Any) -> Any:
        """Give it as an array of `xp`, `(batch or 1, query_length or 1, key_length or 1)`."""
        return xp.less_equal(in_namespace(self.key, xp)[:, None, :], in_namespace(self.query, xp)[:, :, None])

    def allows(self, row: int, query: int, key: int) -> bool:
        """Say whether a query sees a key."""
        return bool(at(self.key, row, key) <= at(self.query, row, query))

    def inverse(self) -> "Ranks":
        """Give what sees where this does not: key > query is -key <= -query - 1."""
        return Ranks(negated(self.query, 1), negated(self.key))

    def transposed(self) -> "Ranks":
        """Give it with keys and queries in each other's place."""
        if self.query is self.key:
            line = negated(self.key)
            return Ranks(line, line)
        return Ranks(negated(self.key), negated(self.query))

    def picked(self, queries: Pick | None, keys: Pick | None) -> "Ranks":
        """Give some queries and keys of it."""
        return Ranks(
            queries.of_line(self.query) if queries else self.query,
            keys.of_line(self.key) if keys else self.key,
        )

    def known(self) -> bool | None:
        """Say whether it is all True or all False, where that is known without looking at arrays."""
        if not (is_fixed(self.query) and is_fixed(self.key)):
            return None
        (least_key, greatest_key), (least_query, greatest_query) = ends(self.key), ends(self.query)
        if greatest_key <= least_query:
            return True
        return False if least_key > greatest_query else None

    @property
    def reflexive(self) -> bool:
        """Whether every position is known to see itself."""
        if isinstance(self.query, range) and isinstance(self.key, range):
            shape = (len(self.query), self.query.step)
            return shape == (len(self.key), self.key.step) and self.key.start <= self.query.start
        if isinstance(self.query, int) and isinstance(self.key, int):
            return self.key <= self.query
        return self.query is self.key

    def leaves(self) -> Iterator["Ranks"]:
        """Give itself."""
        yield self
