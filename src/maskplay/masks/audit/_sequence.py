"""Which input is the sequence, and where it is padding."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from maskplay.masks.audit._leaves import Leaves, Name


@dataclass(frozen=True)
class SequenceInput:
    """The part of the inputs that has positions, and what is known of its padding.

    Attributes:
        leaves: All inputs.
        members: Which leaves are looked at; the first is the sequence itself.
        teller: Which leaf says where padding is, a mask; None where the sequence says it by itself, or nothing does.
        pad: What stands for padding in the sequence: an id, or the value that a Masking layer skips; or None.
        kept: `(batch, length)`, True where there is something.
        known: Whether anything tells padding.
    """

    leaves: Leaves
    members: tuple[int, ...]
    teller: int | None
    pad: float | None
    kept: np.ndarray
    known: bool

    @property
    def main(self) -> np.ndarray:
        """The sequence itself."""
        return self.leaves.arrays[self.members[0]]

    @property
    def length(self) -> int:
        """The number of positions."""
        return self.main.shape[1]


def find_sequence(
    model: Any,
    leaves: Leaves,
    *,
    input: Name | Sequence[Name] | None = None,
    mask_input: Name | None = None,
    pad_id: int | None = 0,
    padding_mask: Any = None,
) -> SequenceInput:
    """Find the sequence among the inputs, and its padding.

    Args:
        model: The model, for its Masking layers.
        leaves: The inputs.
        input: Name or names of the sequence's inputs; None takes the first that looks like one, and holds more than
            0 and 1 if there is such a one.
        mask_input: Name of the input that is a mask; None takes a boolean one, or integers called "...mask".
        pad_id: The id that stands for padding in a sequence of ids.
        padding_mask: `(batch, length)`, where nothing else says what is kept.

    Raises:
        TypeError: A mask is not boolean (or 0 and 1).
        ValueError: There is no such input, or a mask does not fit.
    """
    names = [input] if isinstance(input, str | int) else list(input or ())
    teller = _teller(leaves, mask_input)
    members = tuple(leaves.index(name, "input") for name in names) or (_first_sequence(leaves, teller),)
    main = leaves.arrays[members[0]]
    for member in members:
        if leaves.arrays[member].shape[:2] != main.shape[:2] or leaves.arrays[member].ndim < 2:
            raise ValueError(
                f"The inputs looked at together must share (batch, length). Received: {leaves.shapes()}"
            )
    if teller is not None and leaves.arrays[teller].shape != main.shape[:2]:
        if mask_input is not None:
            raise ValueError(
                f"The mask input must have the shape (batch, length) = {main.shape[:2]} of the sequence "
                f"{leaves.names[members[0]]!r}. Received: {leaves.names[teller]!r} of shape "
                f"{leaves.arrays[teller].shape}"
            )
        teller = None
    pad = _pad(model, main, pad_id)
    kept, known = _kept(leaves, main, teller, pad, padding_mask)
    return SequenceInput(leaves, members, teller, pad, kept, known)


def aligned(leaves: Leaves, sequence: SequenceInput) -> tuple[int, ...]:
    """The sequence and every input of the same batch and length, the mask excepted."""
    shape = sequence.main.shape[:2]
    same = [i for i, x in enumerate(leaves.arrays) if x.shape[:2] == shape and i != sequence.teller]
    return (sequence.members[0], *[i for i in same if i != sequence.members[0]])


def masking_value(model: Any) -> float | None:
    """The value that a Masking layer of the model skips, or None."""
    layers = model._flatten_layers() if isinstance(model, keras.layers.Layer) else []
    values = [layer.mask_value for layer in layers if isinstance(layer, keras.layers.Masking)]
    return float(values[0]) if values else None


def _teller(leaves: Leaves, name: Name | None) -> int | None:
    if name is not None:
        index = leaves.index(name, "mask_input")
        values = leaves.arrays[index]
        if values.dtype != bool and not np.isin(values, (0, 1)).all():
            raise TypeError(
                f"The mask input {leaves.names[index]!r} must be boolean, or 0 and 1. "
                f"Received: {values.dtype} from {values.min()} to {values.max()}"
            )
        return index
    for index, (name, x) in enumerate(zip(leaves.names, leaves.arrays, strict=True)):
        if x.ndim == 2 and (x.dtype == bool or (x.dtype == np.int32 and name.lower().endswith("mask"))):
            return index
    return None


def _first_sequence(leaves: Leaves, teller: int | None) -> int:
    others = [(i, x) for i, x in enumerate(leaves.arrays) if i != teller and x.ndim >= 2]
    likely = [(i, x) for i, x in others if x.dtype == np.int32 or x.ndim >= 3] or others
    if not others:
        raise ValueError(
            f"One input must be a sequence (batch, length, ...). Received shapes: {leaves.shapes()}"
        )
    # Segment ids are 0 and 1, often all 0, and numbers of positions say nothing of padding either.
    telling = [
        i for i, x in likely if x.ndim > 2 or (x.max() > 1 and "position" not in leaves.names[i].lower())
    ]
    return (telling or [i for i, x in likely if x.any()] or [likely[0][0]])[0]


def _pad(model: Any, main: np.ndarray, pad_id: int | None) -> float | None:
    return pad_id if main.dtype == np.int32 and main.ndim == 2 else masking_value(model)


def _kept(
    leaves: Leaves, main: np.ndarray, teller: int | None, pad: float | None, padding_mask: Any
) -> tuple[np.ndarray, bool]:
    if padding_mask is not None:
        return _checked(padding_mask, main.shape[:2]), True
    if teller is not None:
        return leaves.arrays[teller].astype(bool), True
    if pad is None:
        return np.ones(main.shape[:2], bool), False
    different = main != np.asarray(pad, main.dtype)
    return different.any(axis=tuple(range(2, main.ndim))), True


def _checked(mask: Any, shape: tuple[int, ...]) -> np.ndarray:
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(
            f"padding_mask must be boolean, True = keep. Received: {mask.dtype}. Compare it first: `mask != 0`."
        )
    if mask.shape != shape:
        raise ValueError(
            f"padding_mask must have the shape (batch, length) = {shape} of the sequence. Received: {mask.shape}"
        )
    return mask
