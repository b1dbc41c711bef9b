"""Lines: one whole number for each position.

A line is a Python `range` where its numbers are known beforehand, as positions are: it needs no memory, it can be
sliced, and a compiled program may rest on it. Else it is an array `(batch or 1, length or 1)`, of NumPy or of the
backend, and maybe traced; length 1 says "the same at every position".
"""

from typing import Any

import keras
import numpy as np
from keras import ops

Line = Any  # range | numpy.ndarray | tensor of the backend

ZERO = np.zeros((1, 1), "int32")
ZERO.flags.writeable = False


def is_constant(line: Line) -> bool:
    """Whether the line says the same at every position, as far as its shape tells."""
    return not isinstance(line, range) and line.shape[1] == 1


def length_of(line: Line) -> int | None:
    """Its number of positions; None where it is not known yet, or where the line fits every length."""
    if isinstance(line, range):
        return len(line)
    return None if line.shape[1] == 1 else line.shape[1]


def batch_of(line: Line) -> int | None:
    """Its number of rows, 1 where they are all the same; None where it is not known yet."""
    return 1 if isinstance(line, range) else line.shape[0]


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
    return line[0 if line.shape[0] == 1 else row, 0 if line.shape[1] == 1 else position]


_UNKNOWN = (
    "This mask holds traced tensors, whose values are not known before the program runs. Inside of a compiled "
    "function ask for `dense()`, which is a tensor of the backend; draw, compare and explain masks of arrays."
)
