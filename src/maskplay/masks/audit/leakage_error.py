"""What `check_leakage` raises."""

from typing import NamedTuple

from maskplay.masks.audit.dependency_map import DependencyMap


class Pair(NamedTuple):
    """A query position, a key position, how much the key moves the query, and the row if the mask is of each row."""

    query: int
    key: int
    strength: float
    row: int | None = None


class LeakageError(Exception):
    """A network does not look where its mask says.

    Attributes:
        leaks: The pairs that the mask forbids and the network uses.
        unused: The pairs that the mask allows and the network does not use.
        found: The dependencies that were found.
    """

    def __init__(
        self, message: str, leaks: tuple[Pair, ...], unused: tuple[Pair, ...], found: DependencyMap
    ) -> None:
        super().__init__(message)
        self.leaks, self.unused, self.found = leaks, unused, found
