""" "Every" and "some" of terms. Negation goes down to the leaves, so that no "not" is needed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any, Union

from maskplay.masks.terms.line import is_fixed
from maskplay.masks.terms.matrix import Matrix
from maskplay.masks.terms.pick import Pick
from maskplay.masks.terms.ranks import Ranks
from maskplay.masks.terms.segments import Segments

Leaf = Ranks | Segments | Matrix
Term = Union[Leaf, "Every", "Some"]


@dataclass(frozen=True, eq=False)
class Every:
    """A query sees a key that every one of the terms lets it see; all keys, if there are no terms."""

    terms: tuple[Term, ...]

    def seen(self, xp: Any) -> Any:
        """Give it as an array of `xp`, `(batch or 1, query_length or 1, key_length or 1)`."""
        if not self.terms:
            return xp.ones((1, 1, 1), dtype="bool")
        return reduce(xp.logical_and, (term.seen(xp) for term in self.terms))

    def allows(self, row: int, query: int, key: int) -> bool:
        """Say whether a query sees a key."""
        return all(term.allows(row, query, key) for term in self.terms)

    def inverse(self) -> Term:
        """Give what sees where this does not."""
        return some(term.inverse() for term in self.terms)

    def transposed(self) -> Term:
        """Give it with keys and queries in each other's place."""
        return every(term.transposed() for term in self.terms)

    def picked(self, queries: Pick | None, keys: Pick | None) -> Term:
        """Give some queries and keys of it."""
        return every(term.picked(queries, keys) for term in self.terms)

    def known(self) -> bool | None:
        """Say whether it is all True, where that is known without looking at arrays."""
        return None if self.terms else True

    @property
    def reflexive(self) -> bool:
        """Whether every position is known to see itself."""
        return all(term.reflexive for term in self.terms)

    def leaves(self) -> Iterator[Leaf]:
        """Give the leaves, from left to right."""
        for term in self.terms:
            yield from term.leaves()


@dataclass(frozen=True, eq=False)
class Some:
    """A query sees a key that at least one of the terms lets it see; none, if there are no terms."""

    terms: tuple[Term, ...]

    def seen(self, xp: Any) -> Any:
        """Give it as an array of `xp`, `(batch or 1, query_length or 1, key_length or 1)`."""
        if not self.terms:
            return xp.zeros((1, 1, 1), dtype="bool")
        return reduce(xp.logical_or, (term.seen(xp) for term in self.terms))

    def allows(self, row: int, query: int, key: int) -> bool:
        """Say whether a query sees a key."""
        return any(term.allows(row, query, key) for term in self.terms)

    def inverse(self) -> Term:
        """Give what sees where this does not."""
        return every(term.inverse() for term in self.terms)

    def transposed(self) -> Term:
        """Give it with keys and queries in each other's place."""
        return some(term.transposed() for term in self.terms)

    def picked(self, queries: Pick | None, keys: Pick | None) -> Term:
        """Give some queries and keys of it."""
        return some(term.picked(queries, keys) for term in self.terms)

    def known(self) -> bool | None:
        """Say whether it is all False, where that is known without looking at arrays."""
        return None if self.terms else False

    @property
    def reflexive(self) -> bool:
        """Whether every position is known to see itself."""
        return any(term.reflexive for term in self.terms)

    def leaves(self) -> Iterator[Leaf]:
        """Give the leaves, from left to right."""
        for term in self.terms:
            yield from term.leaves()


EVERYTHING, NOTHING = Every(()), Some(())


def every(terms: Iterable[Term]) -> Term:
    """Join terms with "and", simplified where that is cheap."""
    return _joined(terms, Every, unit=True)


def some(terms: Iterable[Term]) -> Term:
    """Join terms with "or", simplified where that is cheap."""
    return _joined(terms, Some, unit=False)


def _joined(terms: Iterable[Term], join: Callable[[tuple[Term, ...]], Term], unit: bool) -> Term:
    """Join terms: what is nested is made flat, twins and units go, and one opposite of the unit settles it all."""
    kept: dict[Any, Term] = {}
    for term in terms:
        known = term.known()
        if known is not None and known != unit:
            return NOTHING if unit else EVERYTHING
        if known is None:
            inner = term.terms if type(term) is join and isinstance(term, Every | Some) else (term,)
            kept |= {_identity(one): one for one in inner}
    parts = tuple(kept.values())
    return parts[0] if len(parts) == 1 else join(parts)


def _identity(term: Term) -> Any:
    """Give what is equal for terms that are known to be the same."""
    if isinstance(term, Ranks | Segments):
        lines = (line if is_fixed(line) else ("array", id(line)) for line in (term.query, term.key))
        return (type(term), *lines, getattr(term, "same", None))
    return id(term.pairs) if isinstance(term, Matrix) else id(term)
