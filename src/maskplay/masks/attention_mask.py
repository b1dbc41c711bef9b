"""An attention mask as a value."""

import sys
from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any

import numpy as np
from keras import ops

from maskplay.masks.comparison import Comparison
from maskplay.masks.terms import Term, every, some
from maskplay.masks.terms.line import batch_of
from maskplay.masks.terms.pick import Pick
from maskplay.masks.terms.tree import arrays_of

_BLOCK = 2**22  # pairs that are looked at at once


class AttentionMask:
    """Who may look at whom: for every query and every key, True = the query sees the key (Scientific Spaces 6933).

    A value, made by `causal`, `prefix`, `padding` and the like, and composed with `&`, `|` and `~`. It holds what the
    makers were given, of O(length), and becomes a matrix only where someone needs one: `dense()`, `numpy()`. Its
    lengths and its form are fixed; its numbers may be arrays of NumPy or tensors of the backend, traced ones too.

    Attributes:
        query_length: positions of the queries; None where not known yet.
        key_length: positions of the keys; None where not known yet.
        description: what it was made of, in words.
        term: what it is made of; internal.

    >>> from maskplay import masks
    >>> seen = masks.prefix([0, 0, 1, 1]) & masks.padding([True, True, True, False])
    >>> seen
    <AttentionMask prefix & padding, 4 queries x 4 keys>
    >>> seen.allows(0, 1), seen.allows(0, 2)
    (True, False)
    >>> seen.last(1).numpy().astype(int).tolist()
    [[[1, 1, 1, 0]]]
    """

    __slots__ = ("description", "key_length", "query_length", "term")

    description: str
    key_length: int | None
    query_length: int | None
    term: Term

    def __init__(
        self, term: Term, query_length: int | None, key_length: int | None, description: str
    ) -> None:
        values = {
            "term": term,
            "query_length": query_length,
            "key_length": key_length,
            "description": description,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("A mask is a value and cannot be changed; compose a new one with &, | and ~.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("A mask is a value and cannot be changed; compose a new one with &, | and ~.")

    @property
    def batch(self) -> int | None:
        """Its number of rows; 1 if it is the same for all, None where that is not known yet."""
        sizes = [batch_of(array) for array in arrays_of(self.term)]
        return next((size for size in sizes if size not in (1, None)), None if None in sizes else 1)

    @property
    def shape(self) -> tuple[int | None, int | None, int | None]:
        """`(batch or 1, query_length, key_length)`."""
        return self.batch, self.query_length, self.key_length

    # ---- composition

    def __and__(self, other: "AttentionMask") -> "AttentionMask":
        return self._composed(other, "&")

    def __or__(self, other: "AttentionMask") -> "AttentionMask":
        return self._composed(other, "|")

    def __invert__(self) -> "AttentionMask":
        text = f"~({self.description})" if _compound(self.description) else f"~{self.description}"
        return AttentionMask(self.term.inverse(), self.query_length, self.key_length, text)

    @property
    def T(self) -> "AttentionMask":
        """The mask with queries and keys in each other's place: who is seen by whom."""
        text = f"({self.description}).T" if _compound(self.description) else f"{self.description}.T"
        return AttentionMask(self.term.transposed(), self.key_length, self.query_length, text)

    def _composed(self, other: "AttentionMask", sign: str) -> "AttentionMask":
        if not isinstance(other, AttentionMask):
            return NotImplemented
        texts = [
            f"({text})" if _compound(text) and f" {sign} " not in text else text
            for text in (self.description, other.description)
        ]
        text = f" {sign} ".join(texts)
        lengths = [
            _same(self.query_length, other.query_length, "query", text),
            _same(self.key_length, other.key_length, "key", text),
        ]
        join = every if sign == "&" else some
        result = AttentionMask(join([self.term, other.term]), lengths[0], lengths[1], text)
        _same_batch(self.batch, other.batch, text)
        return result

    # ---- parts

    def queries(self, start: Any, count: int = 1) -> "AttentionMask":
        """Give the mask of some queries, as one step of decoding needs it.

        Args:
            start: the first of them; a whole number, or a tensor `()` or `(batch,)`, maybe traced. It is not checked
                where it is a tensor.
            count: how many.
        """
        start = _checked_start(start, count, self.query_length, "queries")
        pick = Pick(start, count)
        text = f"{_grouped(self.description)}.queries({start if isinstance(start, int) else '…'}, {count})"
        return AttentionMask(every([self.term.picked(pick, None)]), count, self.key_length, text)

    def keys(self, start: Any, count: int) -> "AttentionMask":
        """Give the mask over some keys; arguments as in `queries`."""
        start = _checked_start(start, count, self.key_length, "keys")
        pick = Pick(start, count)
        text = f"{_grouped(self.description)}.keys({start if isinstance(start, int) else '…'}, {count})"
        return AttentionMask(every([self.term.picked(None, pick)]), self.query_length, count, text)

    def last(self, count: int = 1) -> "AttentionMask":
        """Give the mask of the last queries, over all keys."""
        if self.query_length is None:
            raise ValueError(
                "last needs a mask whose number of queries is known. Ask for queries(start, count)."
            )
        return self.queries(self.query_length - count, count)

    # ---- values

    def allows(self, query: int, key: int, row: int = 0) -> bool:
        """Say whether a query sees a key, in O(1).

        Raises:
            IndexError: There is no such query, key or row.
            TypeError: The mask holds traced tensors.
        """
        places = (
            ("row", row, self.batch),
            ("query", query, self.query_length),
            ("key", key, self.key_length),
        )
        for name, place, count in places:
            # A mask with one row is the same for every row.
            if place < 0 or (count is not None and place >= count and (name, count) != ("row", 1)):
                raise IndexError(f"{name} must be from 0 to {(count or 1) - 1}. Received: {place}")
        return self.term.allows(row, query, key)

    def dense(self) -> Any:
        """Give the matrix as a boolean tensor of the backend, `(batch or 1, query_length, key_length)`.

        It works on traced tensors, inside of a compiled function.
        """
        return self._full(self.term.seen(ops), ops)

    def numpy(self) -> np.ndarray:
        """Give the matrix as a boolean array of NumPy, `(batch or 1, query_length, key_length)`.

        Raises:
            TypeError: The mask holds traced tensors.
        """
        return np.array(self._full(self.term.seen(np), np))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("A mask is no matrix, so that making one of it copies.")
        return self.numpy().astype(dtype or bool)

    def _full(self, seen: Any, xp: Any) -> Any:
        """Repeat what is the same along an axis; where a length is not known yet the axis may stay 1."""
        shape = tuple(size or axis for size, axis in zip(self.shape, seen.shape, strict=True))
        return xp.broadcast_to(seen, shape) if None not in shape else seen

    # ---- comparison

    def compare(self, other: "AttentionMask") -> Comparison:
        """Say where two masks differ, without making a matrix of either.

        Raises:
            ValueError: They have different lengths, or are for different batches.
            TypeError: One holds traced tensors.
        """
        both = self._composed(other, "&")
        count = 0
        pairs: list[tuple[int, int, int, bool]] = []
        for start, mine, theirs in _blocks(self, other, both.batch or 1):
            different = mine != theirs
            count += int(np.count_nonzero(different))
            if len(pairs) < Comparison.SHOWN:
                places = np.argwhere(different)[: Comparison.SHOWN - len(pairs)].tolist()
                pairs += [
                    (row, start + query, key, bool(mine[row, query, key])) for row, query, key in places
                ]
        return Comparison(count, tuple(pairs))

    def __eq__(self, other: object) -> bool:
        """Whether the two say the same of every query and key, however they were made."""
        if not isinstance(other, AttentionMask):
            return NotImplemented
        if self is other:
            return True
        fits = (self.query_length, self.key_length) == (other.query_length, other.key_length)
        if not fits or len({self.batch, other.batch} - {1}) > 1:
            return False
        batch = max(self.batch or 1, other.batch or 1)
        return not any((mine != theirs).any() for _, mine, theirs in _blocks(self, other, batch))

    def __hash__(self) -> int:
        return hash((self.query_length, self.key_length))

    # ---- pictures

    def __repr__(self) -> str:
        batch = "" if self.batch == 1 else f", batch of {self.batch}"
        return (
            f"<AttentionMask {self.description}, {self.query_length} queries x {self.key_length} keys{batch}>"
        )

    def drawing(
        self, tokens: Sequence[str] | None = None, *, query_tokens: Sequence[str] | None = None, row: int = 0
    ) -> str:
        """Give the picture of `draw` as a string."""
        from maskplay.masks.drawing import TERMINAL, scene, terminal_drawing

        return terminal_drawing(scene(self, tokens, query_tokens, row, limit=TERMINAL))

    def draw(
        self, tokens: Sequence[str] | None = None, *, query_tokens: Sequence[str] | None = None, row: int = 0
    ) -> None:
        """Print the picture in the terminal: queries downwards, keys from left to right, full where seen.

        A mask that is too long for it is drawn in blocks, shaded by the share of pairs that see each other.

        Args:
            tokens: a label for each key; or one string, each character a label. If there are fewer queries than keys
                they are the last ones.
            query_tokens: labels for the queries, where they are others.
            row: which row of the batch.
        """
        from maskplay.masks.drawing import TERMINAL, scene, terminal_drawing

        picture = scene(self, tokens, query_tokens, row, limit=TERMINAL)
        print(terminal_drawing(picture, sys.stdout.encoding))

    def svg(
        self,
        tokens: Sequence[str] | None = None,
        *,
        query_tokens: Sequence[str] | None = None,
        row: int = 0,
        theme: str = "auto",
        title: str | None = None,
    ) -> str:
        """Give the picture as SVG; arguments as in `save`."""
        from maskplay.masks.drawing import scene, svg_drawing

        return svg_drawing(scene(self, tokens, query_tokens, row, title), theme)

    def save(
        self,
        path: str | PathLike[str],
        tokens: Sequence[str] | None = None,
        *,
        query_tokens: Sequence[str] | None = None,
        row: int = 0,
        theme: str = "auto",
        title: str | None = None,
    ) -> None:
        """Write the picture to a file, SVG or PNG, as its name ends.

        Args:
            path: ends in .svg or .png (which needs matplotlib).
            tokens: a label for each key, as in `draw`.
            query_tokens: labels for the queries, where they are others.
            row: which row of the batch.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers; a PNG is light.
            title: what stands above; default: the description. "" for nothing.
        """
        from maskplay.masks.drawing import save, scene

        save(scene(self, tokens, query_tokens, row, title), path, theme)

    def _repr_svg_(self) -> str:
        return self.svg()


def _same(mine: int | None, theirs: int | None, axis: str, text: str) -> int | None:
    if None not in (mine, theirs) and mine != theirs:
        raise ValueError(
            f"Masks that are composed must have the same {axis}_length. Received: {mine} and {theirs} in {text}"
        )
    return theirs if mine is None else mine


def _same_batch(mine: int | None, theirs: int | None, text: str) -> None:
    if len({mine, theirs} - {1, None}) > 1:
        raise ValueError(
            f"Masks that are composed must be for the same batch, or for all. Received: batches of {mine} and "
            f"{theirs} in {text}"
        )


def _compound(text: str) -> bool:
    return " & " in text or " | " in text


def _grouped(text: str) -> str:
    return f"({text})" if _compound(text) else text


def _checked_start(start: Any, count: int, length: int | None, name: str) -> Any:
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError(f"count must be a whole number of at least 1. Received: {count!r}")
    if not isinstance(start, int | np.integer):
        return start
    if length is not None and not 0 <= start <= length - count:
        raise ValueError(f"There are {length} {name}. Received: start={start}, count={count}")
    return int(start)


def _blocks(
    mine: AttentionMask, theirs: AttentionMask, batch: int
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Give the matrices of two masks that fit, some queries at a time, and the first query of each."""
    queries, keys = mine.query_length or 1, mine.key_length or 1
    count = max(1, _BLOCK // (batch * keys))
    for start in range(0, queries, count):
        size = min(count, queries - start)
        shape = (batch, size, keys)
        yield (
            start,
            np.broadcast_to(mine.queries(start, size).numpy(), shape),
            np.broadcast_to(theirs.queries(start, size).numpy(), shape),
        )
