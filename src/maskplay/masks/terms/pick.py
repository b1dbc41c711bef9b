"""Some neighbouring positions out of all."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from maskplay.masks.terms.line import Line, frozen, is_constant


@dataclass(frozen=True)
class Pick:
    """The positions from `start` to before `start + count`.

    Args:
        start: a whole number; or a tensor, maybe traced, of shape `()` or `(batch,)`.
        count: how many.
    """

    start: Any
    count: int

    def of_line(self, line: Line) -> Line:
        """Pick from a line."""
        if is_constant(line):
            return line
        if isinstance(self.start, int):
            stop = self.start + self.count
            return line[self.start : stop] if isinstance(line, range) else line[:, self.start : stop]
        positions = self._positions()
        if isinstance(line, range):
            return line.start + line.step * positions
        line = ops.convert_to_tensor(line)
        if positions.shape[0] == 1:
            return ops.take(line, positions[0], axis=1)
        return ops.take_along_axis(_repeated(line, positions), positions, axis=1)

    def of_matrix(self, x: Any, axis: int) -> Any:
        """Pick from axis 1 or 2 of an array `(batch or 1, query_length, key_length)`."""
        if isinstance(self.start, int):
            stop = self.start + self.count
            return frozen(x[:, self.start : stop] if axis == 1 else x[:, :, self.start : stop])
        positions = self._positions()
        x = ops.convert_to_tensor(x)
        if positions.shape[0] == 1:
            return ops.take(x, positions[0], axis=axis)
        positions = ops.expand_dims(positions, 3 - axis)
        return ops.take_along_axis(_repeated(x, positions), positions, axis=axis)

    def _positions(self) -> Any:
        """Give the positions as a tensor `(batch or 1, count)`."""
        start = ops.cast(ops.convert_to_tensor(self.start), "int32")
        return ops.reshape(start, (-1, 1)) + ops.arange(self.count, dtype="int32")[None]


def _repeated(x: Any, like: Any) -> Any:
    """Give `x` with as many rows as `like`."""
    return ops.repeat(x, like.shape[0], axis=0) if x.shape[0] == 1 else x
