"""A term taken apart into its arrays and its form, and put together again: a mask is a tree to compilers."""

from typing import Any

from maskplay.masks.terms.line import is_fixed
from maskplay.masks.terms.logic import Every, Some, Term
from maskplay.masks.terms.matrix import Matrix
from maskplay.masks.terms.ranks import Ranks
from maskplay.masks.terms.segments import Segments

Form = tuple[Any, ...]


def arrays_of(term: Term) -> list[Any]:
    """Give the arrays of a term, each as often as it occurs."""
    arrays: list[Any] = []
    for leaf in term.leaves():
        parts = (leaf.pairs,) if isinstance(leaf, Matrix) else (leaf.query, leaf.key)
        arrays += [part for part in parts if not is_fixed(part)]
    return arrays


def take_apart(term: Term) -> tuple[list[Any], Form]:
    """Give the arrays of a term, each once, and its form, which can be hashed and compared."""
    arrays: list[Any] = []
    return arrays, _form(term, arrays, {})


def put_together(form: Form, arrays: list[Any]) -> Term:
    """Give the term of a form and arrays; these may be anything, for compilers put in what they like."""
    kind, *parts = form
    if kind in (Every, Some):
        return kind(tuple(put_together(part, arrays) for part in parts))
    return kind(*(arrays[part[0]] if isinstance(part, tuple) else part for part in parts))


def _form(term: Term, arrays: list[Any], places: dict[int, int]) -> Form:
    if isinstance(term, Every | Some):
        return (type(term), *(_form(part, arrays, places) for part in term.terms))

    def placed(part: Any) -> Any:
        """Give what is fixed as it is, an array as its place in a tuple of one. Twins keep being twins."""
        if is_fixed(part):
            return part
        if id(part) not in places:
            places[id(part)] = len(arrays)
            arrays.append(part)
        return (places[id(part)],)

    if isinstance(term, Matrix):
        return (Matrix, placed(term.pairs))
    if isinstance(term, Ranks):
        return (Ranks, placed(term.query), placed(term.key))
    return (Segments, placed(term.query), placed(term.key), term.same)
