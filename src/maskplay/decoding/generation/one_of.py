"""Texts out of a list."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from keras import ops

from maskplay.decoding.generation.constraint import Constraint


class OneOf(Constraint):
    """Allows the texts of a list and nothing else: each step goes one branch up a tree of their beginnings.

    Args:
        texts: tokens of each text, without the end.
        end: the id of the end.

    Attributes:
        longest: tokens of the longest text.

    >>> OneOf([[5, 6], [5, 7, 8]], end=3).longest
    3
    """

    def __init__(self, texts: Iterable[Sequence[int]], end: int) -> None:
        self._tokens, self._first, self.longest = _tree([tuple(map(int, text)) for text in texts], end)
        self._most = int(np.diff(self._first).max())

    def start(self, batch: int, width: int) -> Any:
        """Begin at the root."""
        return ops.zeros((batch, width), dtype="int32")

    def allowed(self, memory: Any, texts: Any, index: Any, vocabulary: int) -> Any:
        """Allow the branches of the node where a text is."""
        batch, width = memory.shape
        tokens, _ = self._branches(memory, vocabulary)
        rows = ops.repeat(ops.arange(batch * width, dtype="int32"), self._most)
        places = rows * (vocabulary + 1) + ops.reshape(tokens, (-1,))
        hits = ops.scatter_update(
            ops.zeros((batch * width * (vocabulary + 1),), dtype="int32"),
            places[:, None],
            ops.ones((batch * width * self._most,), dtype="int32"),
        )
        return ops.reshape(hits, (batch, width, vocabulary + 1))[:, :, :-1] == 1

    def advance(self, memory: Any, tokens: Any) -> Any:
        """Go up a branch; the node at its end has the number of the branch and one."""
        found, places = self._branches(memory, -1)
        right = ops.logical_and(found == tokens[..., None], found >= 0)
        return ops.cast(ops.max(ops.where(right, places + 1, 0), axis=-1), "int32")

    def _branches(self, nodes: Any, none: int) -> tuple[Any, Any]:
        """Give the tokens and the numbers of all branches of nodes, `(…, branches)`; `none` where there are fewer."""
        first = ops.convert_to_tensor(self._first)
        places = ops.take(first, nodes)[..., None] + ops.arange(self._most, dtype="int32")
        there = places < ops.take(first, nodes + 1)[..., None]
        tokens = ops.take(ops.convert_to_tensor(self._tokens), ops.minimum(places, len(self._tokens) - 1))
        return ops.where(there, tokens, none), places


def _tree(texts: list[tuple[int, ...]], end: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Give the branches of a tree: nodes are numbered by levels, so that the branches of a node lie together.

    Returns:
        The token of each branch; the first branch of each node and behind them their number, so that node n has those
        from `first[n]` to before `first[n + 1]`; the number of tokens of the longest text.
    """
    if not texts:
        raise ValueError("There must be at least one text that may be written. Received none.")
    tokens: list[int] = []
    first, depth = [0], 0
    level: list[list[tuple[int, ...]]] = [sorted({(*text, end) for text in texts})]
    while level:
        following: list[list[tuple[int, ...]]] = []
        for node in level:
            groups: dict[int, list[tuple[int, ...]]] = {}
            for text in node:
                if len(text) > depth:
                    groups.setdefault(text[depth], []).append(text)
            tokens += groups
            first.append(len(tokens))
            following += groups.values()
        level, depth = following, depth + 1
    return np.asarray(tokens, "int32"), np.asarray(first, "int32"), max(map(len, texts))
