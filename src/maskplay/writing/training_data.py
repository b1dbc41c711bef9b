"""Pairs as tokens, ready to be made rows of."""

import warnings
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from maskplay.writing.coder import Coder
from maskplay.writing.objectives import Objective
from maskplay.writing.pair import Pair
from maskplay.writing.row import Encoded, Marks


class TrainingData(NamedTuple):
    """What is learned from.

    Attributes:
        examples: those that fit.
        marks: the tokens that objectives put in.
    """

    examples: list[Encoded]
    marks: Marks


class PairsLeftOut(UserWarning):
    """Some pairs are not learned, or not measured."""


def training_data(pairs: Iterable[Pair], coder: Coder, objective: Objective, length: int) -> TrainingData:
    """Encode pairs.

    A text without a source that is too long is cut into pieces; a pair that is too long is left out.

    Args:
        pairs: to learn from.
        coder: makes tokens.
        objective: says how long rows are, and whether words are needed.
        length: positions of a row.

    Warns:
        PairsLeftOut: Some are too long, or have no target.

    Raises:
        ValueError: Nothing fits.
    """
    kinds = [part for part, _ in objective.parts()]
    piece = _piece(kinds, length)
    examples: list[Encoded] = []
    left_out = given = 0
    for pair in pairs:
        given += 1
        found = [
            example
            for example in _encoded(Pair(*pair), coder, piece, any(kind.words for kind in kinds))
            if any(kind.length(example) <= length for kind in kinds)
        ]
        left_out += not found
        examples += found
    if not examples:
        raise ValueError(
            f"There must be at least one pair with a target that fits into length={length} positions, with the marks "
            f"around source and target. Received: {given} pairs, none of which does."
        )
    if left_out:
        warnings.warn(
            f"{left_out:,} of {given:,} pairs have no target, or more tokens, marks included, than length={length}; "
            "they are left out.",
            PairsLeftOut,
            stacklevel=2,
        )
    others = np.setdiff1d(np.arange(coder.size), [*coder.never, coder.end]).astype("int32")
    return TrainingData(examples, Marks(coder.start, coder.end, coder.mask, others))


def _encoded(pair: Pair, coder: Coder, piece: int, words: bool) -> Iterable[Encoded]:
    source, target = coder.ids(pair.source), coder.ids(pair.target)
    numbers = np.zeros(0, "int32")
    if words:
        numbers = np.concatenate([coder.words(pair.source), coder.words(pair.target) + len(pair.source) + 1])
    if len(source) and len(target):
        yield Encoded(source, target, numbers)
    elif len(target):
        for begin in range(0, len(target), piece):
            yield Encoded(source, target[begin : begin + piece], numbers[begin : begin + piece])


def _piece(kinds: Sequence[Objective], length: int) -> int:
    """Give the most tokens of a text without a source that every objective has room for."""
    none = np.zeros(0, "int32")
    for size in range(length, 0, -1):
        if all(kind.length(Encoded(none, np.zeros(size, "int32"), none)) <= length for kind in kinds):
            return size
    raise ValueError(f"length must have room for a token and the marks around it. Received: {length}")
