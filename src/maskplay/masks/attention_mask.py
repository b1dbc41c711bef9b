"""An attention mask as a value."""

import sys
from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops

from maskplay.masks.comparing import comparable, compared
from maskplay.masks.comparison import Comparison
from maskplay.masks.fitting import (
    checked_count,
    checked_start,
    grouped,
    joined,
    same_batch,
    same_length,
    whole_number,
)
from maskplay.masks.pytree import register
from maskplay.masks.terms import Term, every, some
from maskplay.masks.terms.pick import Pick
from maskplay.masks.terms.tree import arrays_of

if TYPE_CHECKING:
    from maskplay.masks.explanation import Explanation
    from maskplay.masks.lowering import Lowered


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

    __array_ufunc__ = None  # so that an array does not take a mask for a matrix silently
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
        # What compilers put in the place of arrays has no shape.
        sizes = [getattr(array, "shape", (None,))[0] for array in arrays_of(self.term)]
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
        return AttentionMask(
            self.term.inverse(), self.query_length, self.key_length, f"~{grouped(self.description)}"
        )

    def __bool__(self) -> bool:
        raise TypeError(
            "A mask is neither true nor false. Compose masks with &, |, ~ in the place of `and`, `or`, `not`; ask "
            "`mask is None` whether there is one."
        )

    @property
    def T(self) -> "AttentionMask":
        """The mask with queries and keys in each other's place: who is seen by whom."""
        return AttentionMask(
            self.term.transposed(), self.key_length, self.query_length, f"{grouped(self.description)}.T"
        )

    def _composed(self, other: "AttentionMask", sign: str) -> "AttentionMask":
        if not isinstance(other, AttentionMask):
            raise TypeError(
                f"A mask is composed with masks; one of a boolean matrix is masks.matrix(pairs). Received: "
                f"{type(other).__name__}"
            )
        text = joined(self.description, other.description, sign)
        lengths = [
            same_length(self.query_length, other.query_length, "query", text),
            same_length(self.key_length, other.key_length, "key", text),
        ]
        join = every if sign == "&" else some
        result = AttentionMask(join([self.term, other.term]), lengths[0], lengths[1], text)
        same_batch(self.batch, other.batch, text)
        return result

    # ---- parts

    def queries(self, start: Any, count: int = 1) -> "AttentionMask":
        """Give the mask of some queries, as one step of decoding needs it.

        Args:
            start: the first of them; a whole number, or a tensor `()` or `(batch,)`, maybe traced. It is not checked
                where it is a tensor.
            count: how many.
        """
        count = checked_count(count)
        start = checked_start(start, count, self.query_length, "queries")
        pick = Pick(start, count)
        text = f"{grouped(self.description)}.queries({start if isinstance(start, int) else '…'}, {count})"
        return AttentionMask(every([self.term.picked(pick, None)]), count, self.key_length, text)

    def keys(self, start: Any, count: int) -> "AttentionMask":
        """Give the mask over some keys; arguments as in `queries`."""
        count = checked_count(count)
        start = checked_start(start, count, self.key_length, "keys")
        pick = Pick(start, count)
        text = f"{grouped(self.description)}.keys({start if isinstance(start, int) else '…'}, {count})"
        return AttentionMask(every([self.term.picked(None, pick)]), self.query_length, count, text)

    def last(self, count: int = 1) -> "AttentionMask":
        """Give the mask of the last queries, over all keys."""
        if self.query_length is None:
            raise ValueError(
                "last needs a mask whose number of queries is known. Ask for queries(start, count)."
            )
        count = checked_count(count)
        if count > self.query_length:
            raise ValueError(
                f"last can give at most all {self.query_length} queries. Received: count={count}"
            )
        return self.queries(self.query_length - count, count)

    # ---- values

    def allows(self, query: int, key: int, row: int = 0) -> bool:
        """Say whether a query sees a key, in O(1).

        Raises:
            IndexError: There is no such query, key or row.
            TypeError: They are no whole numbers, or the mask holds traced tensors.
        """
        row, query, key = whole_number(row, "row"), whole_number(query, "query"), whole_number(key, "key")
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
        self._composed(other, "&")  # requires that they fit
        return compared(self, other)

    def __eq__(self, other: object) -> bool:
        """Whether the two say the same of every query and key, however they were made."""
        if not isinstance(other, AttentionMask):
            return NotImplemented
        return self is other or (
            comparable(self, other) and compared(self, other, only_first=True).count == 0
        )

    def __len__(self) -> int:
        """Give the number of rows: Keras asks for it where a mask is handed to a layer of a functional model."""
        return self.batch or 1

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

    # ---- kernels

    def lower(self, backend: str | None = None, device: str | None = None) -> "Lowered":
        """Choose the cheapest exact way to honour the mask.

        Args:
            backend: "jax", "torch" or "tensorflow"; default: that of Keras.
            device: "cpu" or "gpu"; default: where the backend computes.
        """
        from maskplay.masks.lowering import lower

        return lower(self, backend, device)

    def explain(self, backend: str | None = None, device: str | None = None) -> "Explanation":
        """Say how the mask is honoured, what that costs, why, and whether some row sees nothing.

        Arguments as in `lower`. Another backend need not be installed.
        """
        from maskplay.masks.explanation import explain

        return explain(self, backend, device)


register(AttentionMask)
