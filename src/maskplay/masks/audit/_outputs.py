"""Which outputs are looked at."""

from dataclasses import dataclass

import numpy as np

from maskplay.masks.audit._change import relative_change, scale_of
from maskplay.masks.audit._leaves import Leaves, Name


@dataclass(frozen=True)
class SequenceOutputs:
    """The outputs that have positions, all of one length.

    Attributes:
        members: Which leaves of the outputs.
        names: Their names.
        base: Their values for the inputs as they are, `(rows, length, ...)` each.
        scales: The usual size of the values of each.
    """

    members: tuple[int, ...]
    names: tuple[str, ...]
    base: tuple[np.ndarray, ...]
    scales: tuple[float, ...]

    @property
    def length(self) -> int:
        """The number of positions."""
        return self.base[0].shape[1]

    def change(self, row: int, outputs: Leaves, at: int) -> np.ndarray:
        """By how much each position of row `at` of other outputs differs from row `row` of these: `(length,)`."""
        changes = []
        for member, base, scale in zip(self.members, self.base, self.scales, strict=True):
            change = relative_change(base[row], outputs.arrays[member][at], scale)
            changes.append(change.reshape(len(change), -1).max(axis=1))
        return np.max(changes, axis=0)


def find_outputs(outputs: Leaves, output: Name | None, length: int, rows: int) -> SequenceOutputs:
    """Choose the outputs with positions.

    Args:
        outputs: All outputs; they may have more rows than are kept.
        output: The name of one; None takes all of three axes and more, and those `(rows, length)`.
        length: The length of the sequence that goes in.
        rows: So many rows of the outputs are what the inputs as they are give.

    Raises:
        ValueError: None has positions, or they differ in their number, or hold NaN.
    """
    if output is None:
        members = [i for i, y in enumerate(outputs.arrays) if y.ndim >= 3 or y.shape[1:] == (length,)]
    else:
        members = [outputs.index(output, "output")]
    if not members or any(outputs.arrays[i].ndim < 2 for i in members):
        raise ValueError(
            "The model must have an output with positions, (batch, length, ...). Received outputs: "
            f"{outputs.shapes()}. Look at an inner tensor, keras.Model(model.inputs, layer.output); or name an "
            "output, output=; what padding does to a pooled output is told by check_padding."
        )
    if len({outputs.arrays[i].shape[1] for i in members}) > 1:
        raise ValueError(f"The outputs have several lengths: {outputs.shapes()}. Name one of them, output=.")
    base = tuple(outputs.arrays[i][:rows] for i in members)
    names = tuple(outputs.names[i] for i in members)
    return SequenceOutputs(tuple(members), names, base, tuple(scale_of(y) for y in base))


def refuse_nan(outputs: Leaves, kept: np.ndarray | None, when: str) -> None:
    """Raise unless every value is a number where something is kept.

    Args:
        outputs: The outputs.
        kept: `(batch, length)`; outputs of another shape are looked at everywhere.
        when: For which inputs, for the message.

    Raises:
        ValueError: One is NaN.
    """
    for name, y in zip(outputs.names, outputs.arrays, strict=True):
        bad = np.isnan(y) if y.dtype.kind == "f" else np.zeros(y.shape, bool)
        if kept is not None and bad.shape[:2] == kept.shape:
            bad = bad & kept.reshape(*kept.shape, *[1] * (bad.ndim - 2))
        if bad.any():
            place = tuple(int(i) for i in np.argwhere(bad)[0])
            raise ValueError(
                f"Outputs must be numbers. Received: output {name!r} is NaN at {place} (row, position, ...) {when}. "
                "Are there rows that keep nothing, or weights that are not finite?"
            )
