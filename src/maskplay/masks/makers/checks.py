"""What the makers require of what they are given, and in which form they keep it."""

from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.masks.terms.line import frozen

_LARGEST = 2**30 - 1  # negated, moved by one, and the difference of two: all of it fits into 32 bits
_SHAPES = {
    1: "(length,) or (batch, length)",
    2: "(query_length, key_length) or (batch, query_length, key_length)",
}


def checked_length(length: Any, name: str) -> int:
    """Require a number of positions."""
    if isinstance(length, bool) or not isinstance(length, int | np.integer):
        raise TypeError(
            f"{name} must be a whole number, known before the program runs. Received: {type(length).__name__} "
            f"{length!r}"
        )
    if length < 1:
        raise ValueError(f"{name} must be at least 1. Received: {length}")
    if length > _LARGEST:
        raise ValueError(f"{name} must be at most {_LARGEST}. Received: {length}")
    return int(length)


def whole_numbers(values: Any, name: str) -> Any:
    """Give a line of int32, `(batch or 1, length)`, of NumPy if the values are of NumPy or Python.

    Raises:
        TypeError: They are not whole numbers.
        ValueError: They have another rank, there are none, or they are so large that a difference would not fit.
    """
    values = _array(values, name, axes=1)
    if not ("int" in _dtype(values) or _dtype(values) == "bool"):
        raise TypeError(f"{name} must be whole numbers. Received: {_dtype(values)}")
    if not isinstance(values, np.ndarray):
        return ops.cast(values, "int32")
    if values.dtype.itemsize >= 4 and (values.min() < -_LARGEST or values.max() > _LARGEST):
        raise ValueError(
            f"{name} must be from {-_LARGEST} to {_LARGEST}. Received: values from {values.min()} to {values.max()}"
        )
    return frozen(values.astype("int32"))


def booleans(values: Any, name: str, axes: int = 1) -> Any:
    """Give booleans, `(batch or 1, length)`, or `(batch or 1, query_length, key_length)` for two axes.

    Raises:
        TypeError: They are not boolean.
        ValueError: They have another rank, or there are none.
    """
    values = _array(values, name, axes)
    if _dtype(values) != "bool":
        raise TypeError(
            f"{name} must be boolean, True = keep. Received: {_dtype(values)}. Compare it first: `mask != 0`."
        )
    return frozen(values.copy()) if isinstance(values, np.ndarray) else values


def _array(values: Any, name: str, axes: int) -> Any:
    """Give an array with its batch axis: of NumPy, or of the backend if it comes from there."""
    if isinstance(values, str | bytes):
        raise TypeError(f"{name} must be an array. Received: {values!r}")
    if isinstance(values, np.ndarray | np.generic | list | tuple | int | range):
        try:
            values = np.asarray(values)
        except ValueError as error:
            raise ValueError(f"{name} must be one array, with rows of equal length. {error}") from None
    elif not isinstance(values, keras.KerasTensor):
        values = _tensor(values, name)
    if len(values.shape) not in (axes, axes + 1):
        raise ValueError(f"{name} must have the shape {_SHAPES[axes]}. Received: shape {tuple(values.shape)}")
    if any(size == 0 for size in values.shape):
        raise ValueError(f"{name} must hold at least one position. Received: shape {tuple(values.shape)}")
    # Not values[None], which a symbolic tensor of Keras does not know.
    return namespace(values).expand_dims(values, 0) if len(values.shape) == axes else values


def _tensor(values: Any, name: str) -> Any:
    try:
        return ops.convert_to_tensor(values)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be an array. Received: {type(values).__name__}. {error}") from None


def _dtype(values: Any) -> str:
    return (
        values.dtype.name if isinstance(values, np.ndarray) else keras.backend.standardize_dtype(values.dtype)
    )


def namespace(*arrays: Any) -> Any:
    """NumPy if all arrays are of NumPy, else keras.ops: where to compute with them."""
    return np if all(isinstance(array, np.ndarray) for array in arrays) else ops
