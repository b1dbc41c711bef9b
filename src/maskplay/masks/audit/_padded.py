"""The same sequences with other padding: more of it, none, or another content."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from maskplay.masks.audit._sequence import SequenceInput
from maskplay.masks.audit._vary import replaced


@dataclass(frozen=True)
class Variant:
    """Inputs that say the same but for their padding.

    Attributes:
        because: What was done, for messages.
        arrays: The inputs.
        kept: `(batch, length)` of them.
        rows: Which rows of the original these are.
    """

    because: str
    arrays: tuple[np.ndarray, ...]
    kept: np.ndarray
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Padded:
    """A sequence, what belongs to it position by position, and where padding stands.

    Attributes:
        sequence: The sequence and what tells its padding.
        members: The leaves that have its batch and length, the sequence first, the teller apart.
        side: "right" or "left": where padding stands; None where it stands in between.
    """

    sequence: SequenceInput
    members: tuple[int, ...]
    side: str | None

    def other_content(self, draw: int, rng: np.random.Generator) -> Variant | None:
        """Put something else where there is padding; None where there is none, or nothing that could be changed."""
        kept = self.sequence.kept
        free = [i for i in self.members if i != self.members[0] or self.sequence.teller is not None]
        if kept.all() or not free:
            return None
        before = self.sequence.leaves.arrays
        arrays = list(before)
        for i in free:
            x = arrays[i]
            where = kept.reshape(*kept.shape, *[1] * (x.ndim - 2))
            arrays[i] = np.where(where, x, _other(x, kept, draw, rng))
        # Where the same id stands everywhere, there is no other to put in.
        changed = [i for i in free if not np.array_equal(arrays[i], before[i])]
        if not changed:
            return None
        names = ", ".join(repr(self.sequence.leaves.names[i]) for i in changed)
        because = f"With other content at the padding of {names}"
        return Variant(because, tuple(arrays), kept, tuple(range(len(kept))))

    def longer(self, amount: int) -> Variant:
        """Pad all rows by so many more positions."""
        kept = self._extend(self.sequence.kept, amount, False)
        because = f"With {amount} more position{'s' * (amount > 1)} of padding on the {self.side}"
        return Variant(because, self._all(amount), kept, tuple(range(len(kept))))

    def alone(self, row: int) -> Variant:
        """Take one row without its padding."""
        kept = self.sequence.kept[row]
        arrays = tuple(
            x[row : row + 1, kept] if self._along(i) else x[row : row + 1]
            for i, x in enumerate(self.sequence.leaves.arrays)
        )
        because = f"With row {row} alone and without its {int((~kept).sum())} positions of padding"
        return Variant(because, arrays, np.ones((1, int(kept.sum())), bool), (row,))

    def _all(self, amount: int) -> tuple[np.ndarray, ...]:
        pads = {self.members[0]: self.sequence.pad or 0}
        return tuple(
            self._extend(x, amount, pads.get(i, 0)) if self._along(i) else x
            for i, x in enumerate(self.sequence.leaves.arrays)
        )

    def _extend(self, x: np.ndarray, amount: int, value: float) -> np.ndarray:
        widths = [(0, 0)] * x.ndim
        widths[1] = (0, amount) if self.side == "right" else (amount, 0)
        return np.pad(x, widths, constant_values=value)

    def _along(self, index: int) -> bool:
        return index in self.members or index == self.sequence.teller


def side_of(kept: np.ndarray) -> str | None:
    """Where padding stands: "right" (or nowhere), "left", or None for in between."""
    if not (kept[:, 1:] & ~kept[:, :-1]).any():
        return "right"
    return None if (kept[:, :-1] & ~kept[:, 1:]).any() else "left"


def fixed_length(model: Any, sequence: SequenceInput) -> bool:
    """Whether the model says that its sequence has one length only."""
    if isinstance(model, keras.Sequential):  # it notes the shape that it happened to see first
        return False
    inputs = getattr(model, "inputs", None) or []
    index = sequence.members[0]
    if len(inputs) != len(sequence.leaves.arrays):
        return False
    symbols = {x.name: x for x in inputs}
    symbol = symbols.get(sequence.leaves.names[index], inputs[index])
    return len(symbol.shape) > 1 and symbol.shape[1] is not None


def _other(x: np.ndarray, kept: np.ndarray, draw: int, rng: np.random.Generator) -> np.ndarray:
    """Anything of the type of `x`: what occurs in it for ids, large numbers for floats."""
    if x.dtype.kind == "f":
        return (10 * replaced(x, None, rng, draw)).astype(x.dtype)
    if x.dtype == bool:
        return ~x
    ids = np.unique(x[kept]) if kept.any() else np.unique(x)
    return replaced(x, ids, rng, draw) if len(ids) > 1 else np.full_like(x, ids[0])
