"""Lines: one whole number for each position.

A line is a Python `range`, or an `int` that is the same at every position, where its numbers are known beforehand: it
needs no memory, it can be sliced, and a compiled program may rest on it. Else it is an array `(batch or 1, length or
1)`, of NumPy or of the backend, and maybe traced; length 1 says "the same at every position".
"""

from typing import Any

import keras
import numpy as np
from keras import ops

Line = Any  # range | int | numpy.ndarray | tensor of the backend


def is_fixed(line: Line) -> bool:
    """Whether the line is known beforehand."""
    return isinstance(line, range | int)


def ends(line: range | int) -> tuple[int, int]:
    """Give the least and the greatest number of a line that is known beforehand."""
    return (line, line) if isinstance(line, int) else (min(line[0], line[-1]), max(line[0], line[-1]))


def is_constant(line: Line) -> bool:
    """Whether the line says the same at every position, as far as its shape tells."""
    return isinstance(line, int) or (not isinstance(line, range) and line.shape[1] == 1)


def negated(line: Line, shift: int = 0) -> Line:
    """Give the line `-line - shift`: turns "at most" round."""
    if isinstance(line, range):
        return range(-line.start - shift, -line.stop - shift, -line.step)
    return frozen(-line - shift)


def frozen(x: Any) -> Any:
    """Make an array of NumPy read-only, for a mask is a value; leave tensors as they are."""
    if isinstance(x, np.ndarray):
        x.flags.writeable = False
    return x


def in_namespace(line: Line, xp: Any) -> Any:
    """Give the line as an array `(batch or 1, length or 1)` of `xp`, which is NumPy or keras.ops."""
    if isinstance(line, range):
        line = np.arange(line.start, line.stop, line.step, dtype="int32")[None]
    elif isinstance(line, int):
        line = np.full((1, 1), line, "int32")
    return in_array(line, xp)


def in_array(x: Any, xp: Any) -> Any:
    """Give an array as one of `xp`; a traced tensor has no values for NumPy."""
    if xp is not np:
        return ops.convert_to_tensor(x)
    if isinstance(x, np.ndarray):
        return x
    if isinstance(x, keras.KerasTensor):
        raise TypeError(_UNKNOWN)
    try:
        return ops.convert_to_numpy(x)
    except Exception as error:  # each backend has an exception of its own for a traced tensor
        raise TypeError(_UNKNOWN) from error


def at(line: Line, row: int, position: int) -> Any:
    """Give the number at one position of one row."""
    if isinstance(line, range):
        return line[position]
    if isinstance(line, int):
        return line
    return line[0 if line.shape[0] == 1 else row, 0 if line.shape[1] == 1 else position]


_UNKNOWN = (
    "This mask holds traced tensors, whose values are not known before the program runs. Inside of a compiled "
    "function ask for `dense()`, which is a tensor of the backend; draw, compare and explain masks of arrays."
)
