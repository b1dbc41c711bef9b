"""What a model says of inputs with some padding, compared with what it says of others."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from maskplay.masks.audit._change import relative_change, scale_of
from maskplay.masks.audit._leaves import to_numpy
from maskplay.masks.audit._padded import Variant
from maskplay.masks.audit._runner import Runner, eager
from maskplay.masks.audit.padding_error import PaddingChange, PaddingError


class Said:
    """What a model says of one variant: the outputs, and where each of them counts."""

    def __init__(self, run: Runner, variant: Variant, kept: Sequence[np.ndarray]) -> None:
        self.variant = variant
        self.outputs = run(variant.arrays) if variant.because else run.settled(variant.arrays)
        shapes = {y.shape[:2] for y in self.outputs.arrays}
        self.kept = next((mask for mask in kept if mask.shape in shapes), variant.kept)
        self.run = run
        self._carried: list[Any] | None = None

    def carried(self, index: int) -> np.ndarray | None:
        """The mask that Keras attached to an output of another length."""
        if self._carried is None:
            outputs = eager(self.run.model, self.run.leaves, self.variant.arrays)
            self._carried = [getattr(y, "_keras_mask", None) for y in keras.tree.flatten(outputs)]
        mask = self._carried[index]
        return None if mask is None else to_numpy(mask).astype(bool)


def compare(
    before: Said, after: Said, variant: Variant, index: int, limit: float
) -> tuple[PaddingChange | None, float]:
    """Compare one output.

    Returns:
        Its change, if it is larger than `limit`; and the largest relative change.

    Raises:
        PaddingError: Other positions are kept than before.
    """
    name, y, z = before.outputs.names[index], before.outputs.arrays[index], after.outputs.arrays[index]
    masks, scale = _masks(before, after, name, index), scale_of(y)
    worst, places, of = None, 0, 0
    for at, row in enumerate(variant.rows if len(z) == len(variant.rows) else range(len(z))):
        if masks is not None:
            one, other = y[row][masks[0][row]], z[at][masks[1][at]]
        elif len(before.kept) == len(y) and not before.kept[row].any():
            continue  # nothing is said of a row that keeps nothing
        else:
            one, other = y[row][None], z[at][None]
        if one.shape != other.shape:
            raise PaddingError(
                f"Padding changes what is kept. {variant.because}: output {name!r} keeps {len(other)} positions "
                f"of row {row}, not {len(one)}.",
                (),
            )
        if not one.size:
            continue
        change = relative_change(one, other, scale).reshape(len(one), -1)
        places, of = places + int((change.max(axis=1) > limit).sum()), of + len(one)
        if worst is None or change.max() > worst.change:
            place, channel = np.unravel_index(int(change.argmax()), change.shape)
            worst = PaddingChange(
                because=variant.because,
                output=name,
                row=int(row),
                position=None if masks is None else int(np.flatnonzero(masks[0][row])[place]),
                before=float(one.reshape(len(one), -1)[place, channel]),
                after=float(other.reshape(len(one), -1)[place, channel]),
                change=float(change.max()),
                places=0,
                of=0,
            )
    if worst is None or worst.change <= limit:
        return None, 0.0 if worst is None else worst.change
    return replace(worst, places=places, of=of), worst.change


def _masks(before: Said, after: Said, name: str, index: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Where to compare an output before and after; None for everywhere."""
    y, z = before.outputs.arrays[index], after.outputs.arrays[index]
    if y.shape[:2] == before.kept.shape and z.shape[:2] == after.kept.shape:
        return before.kept, after.kept
    if y.ndim <= 2 and y.shape[1:] == z.shape[1:]:
        return None
    one, other = before.carried(index), after.carried(index)
    if one is not None and other is not None and one.shape == y.shape[:2]:
        return one, other
    if y.shape[1:] == z.shape[1:] and not _follows_length(before, index):
        return None
    raise ValueError(
        f"Which positions of output {name!r} are padding is not known: it has the shape {y.shape} for sequences "
        f"{before.kept.shape}, and carries no mask. Pass kept=, or name other outputs, output=."
    )


def _follows_length(said: Said, index: int) -> bool:
    """Whether the length of an output depends on that of the inputs, by what the model says of itself."""
    outputs = getattr(said.run.model, "outputs", None) or []
    return len(outputs) == len(said.outputs.arrays) and outputs[index].shape[1] is None
