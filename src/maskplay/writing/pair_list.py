"""Pairs as callers give them."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from maskplay.writing.pair import Pair


def pair_list(pairs: Any, name: str = "pairs") -> list[Pair]:
    """Make a list of pairs.

    Args:
        pairs: sequences of a source and a target each.
        name: what errors call them.

    Raises:
        TypeError: They are no pairs of texts. A text of two characters is none either.

    >>> pair_list([("ab", "ba")])
    [Pair(source='ab', target='ba')]
    """
    if isinstance(pairs, str) or not isinstance(pairs, Iterable):
        raise TypeError(f"{name} must be several: [(source, target), …]. Received: {pairs!r:.60}")
    return [_pair(one, f"{name}[{number}]") for number, one in enumerate(pairs)]


def _pair(one: Any, name: str) -> Pair:
    parts = list(one) if isinstance(one, Sequence | np.ndarray) and not isinstance(one, str) else []
    if len(parts) != 2 or not all(isinstance(part, str) for part in parts):
        raise TypeError(f"{name} must be two texts: (source, target). Received: {one!r:.60}")
    return Pair(*parts)
