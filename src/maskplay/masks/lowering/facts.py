"""What a mask asks for, in the words of kernels: a band around the diagonal, lengths, and the rest.

Arrays of NumPy are looked at, so that a mask is known for what it is however it was made: `prefix` of targets alone is
causal. Tensors of a backend are not: they may be traced, and looking would wait for the device.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from keras import ops

from maskplay.masks.terms import EVERYTHING, Every, Matrix, Ranks, Segments, Some, Term, every
from maskplay.masks.terms.line import Line, in_namespace, is_constant


@dataclass(frozen=True)
class Facts:
    """A mask as a conjunction; positions are places in the mask, from 0.

    Attributes:
        before: query - key is at most this; None for no bound.
        after: key - query is at most this; None for no bound.
        key_lengths: how many keys are seen from the first on, `(batch or 1, 1)`; None for all.
        query_lengths: how many queries see anything, likewise.
        keys: terms that speak of keys alone.
        rest: all other terms.
    """

    before: int | None = None
    after: int | None = None
    key_lengths: Any = None
    query_lengths: Any = None
    keys: tuple[Term, ...] = ()
    rest: tuple[Term, ...] = ()

    @property
    def banded(self) -> bool:
        """Whether there is a band."""
        return self.before is not None or self.after is not None

    @property
    def simple(self) -> bool:
        """Whether band and lengths say it all."""
        return not self.keys and not self.rest


def facts(term: Term, query_length: int | None, key_length: int | None) -> Facts:
    """Say what a term asks for.

    Args:
        term: of a mask.
        query_length: of the mask.
        key_length: of the mask.
    """
    found = Facts()
    for part in term.terms if isinstance(term, Every) else (term,):
        found = _with(found, _narrowed(part))
    return _without_idle_bounds(found, query_length, key_length)


def nothing_at_all(term: Term) -> bool:
    """Whether nobody is known to see anything."""
    return isinstance(term, Some) and not term.terms


def _with(found: Facts, part: Term) -> Facts:
    if isinstance(part, Ranks):
        query, key = part.query, part.key
        steps = (_step(query), _step(key))
        if steps == (1, 1):
            return replace(found, after=_least(found.after, query.start - key.start))
        if steps == (-1, -1):
            return replace(found, before=_least(found.before, query.start - key.start))
        if is_constant(query):
            lengths = _column(query) - key.start + 1 if steps[1] == 1 else _kept_from_the_first(query, key)
            if lengths is not None:
                return replace(found, key_lengths=_least_of(found.key_lengths, lengths))
            return replace(found, keys=(*found.keys, part))
        if is_constant(key):
            lengths = (
                query.start - _column(key) + 1 if steps[0] == -1 else _kept_from_the_first(key, query, True)
            )
            if lengths is not None:
                return replace(found, query_lengths=_least_of(found.query_lengths, lengths))
    elif isinstance(part, Segments) and is_constant(part.query):
        return replace(found, keys=(*found.keys, part))
    idle = isinstance(part, Every) and not part.terms
    return found if idle else replace(found, rest=(*found.rest, part))


def _narrowed(part: Term) -> Term:
    """Give the same term, of ranges and constants where arrays of NumPy turn out to be such."""
    if isinstance(part, Matrix | Every | Some):
        return part
    if part.query is part.key:
        query = key = _narrow(part.query)
    else:
        query, key = _narrow(part.query), _narrow(part.key)
    if isinstance(part, Ranks):
        narrowed: Ranks | Segments = Ranks(query, key)
    else:
        narrowed = Segments(query, key, part.same)
    settled = all(isinstance(line, int | np.ndarray) and is_constant(line) for line in (query, key))
    return EVERYTHING if settled and narrowed.seen(np).all() else every([narrowed])


def _column(line: Line) -> Any:
    return np.array([[line]], "int32") if isinstance(line, int) else line


def _narrow(line: Line) -> Line:
    if not isinstance(line, np.ndarray) or line.shape[1] == 1:
        return line
    steps = np.diff(line, axis=1)
    if not steps.any():
        return line[:, :1]
    step = int(steps[0, 0])
    if abs(step) == 1 and (steps == step).all() and (line[:, 0] == line[0, 0]).all():
        first = int(line[0, 0])
        return range(first, first + step * line.shape[1], step)
    return line


def _kept_from_the_first(bound: Line, line: Line, turned: bool = False) -> Any:
    """Give how many positions are kept, if they are the first ones; None if not, or if it cannot be known."""
    if not (isinstance(bound, int | np.ndarray) and isinstance(line, np.ndarray)):
        return None
    bound = in_namespace(bound, np)
    kept = bound <= line if turned else line <= bound
    if (kept[:, 1:] > kept[:, :-1]).any():
        return None
    return kept.sum(axis=1, keepdims=True, dtype="int32")


def _without_idle_bounds(found: Facts, queries: int | None, keys: int | None) -> Facts:
    """Drop bounds that bind nobody."""
    if queries is not None and found.before is not None and found.before >= queries - 1:
        found = replace(found, before=None)
    if keys is not None and found.after is not None and found.after >= keys - 1:
        found = replace(found, after=None)
    if _idle(found.key_lengths, keys):
        found = replace(found, key_lengths=None)
    return replace(found, query_lengths=None) if _idle(found.query_lengths, queries) else found


def _idle(lengths: Any, length: int | None) -> bool:
    return isinstance(lengths, np.ndarray) and length is not None and bool((lengths >= length).all())


def _step(line: Line) -> int | None:
    return line.step if isinstance(line, range) else None


def _least(a: int | None, b: int) -> int:
    return b if a is None else min(a, b)


def _least_of(a: Any, b: Any) -> Any:
    if a is None:
        return b
    return np.minimum(a, b) if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) else ops.minimum(a, b)
