"""What may be measured: samples along the first axis, every one a number, or a label."""

from typing import Any

import numpy as np

from maskplay.analysis.hsic._types import Array, Floats

_NUMBERS = "fiub"
_LARGEST = 1e75
"""Statistics are of the fourth power of what they measure, which float64 must hold."""


def as_array(x: Any, name: str = "x") -> Array:
    """Make an array of samples `(n, …)` of whatever NumPy understands, data frames among it; times are numbers.

    Raises:
        ValueError: if there is no axis of samples, or no sample.
        TypeError: if numbers are complex.
    """
    array = np.asarray(x)
    if array.dtype.kind in "mM":
        array = times_as_numbers(array)
    if array.dtype.kind == "c":
        raise TypeError(
            f"{name} must hold real numbers or labels; real and imaginary parts can be two columns. "
            f"Received: dtype {array.dtype}"
        )
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} must have samples along its first axis. Received: shape {array.shape}")
    return array


def times_as_numbers(array: Array) -> Floats:
    """Points in time, or spans of it, as numbers of their own unit; NaN for what is no time."""
    return np.where(np.isnat(array), np.nan, array.astype(np.int64).astype(np.float64))


def is_label(array: Array) -> bool:
    """Whether samples are labels (strings, booleans, anything but numbers) and not quantities."""
    return array.dtype.kind not in "fiu"


def as_numbers(x: Any, name: str = "x") -> Floats:
    """Make float64 samples `(n, columns)`; all axes but the first are flattened.

    Raises:
        TypeError: if they are no real numbers.
        ValueError: if one is infinite, NaN or too large; the message says which.
    """
    array = as_array(x, name)
    if array.dtype.kind not in _NUMBERS:
        raise TypeError(
            f"{name} must hold real numbers for this kernel. Received: dtype {array.dtype}. "
            'Use kernel="delta" for categories, or your own function of two arrays.'
        )
    numbers = np.asarray(array, np.float64).reshape(len(array), -1)
    finite = np.isfinite(numbers)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise ValueError(
            f"{name} must be finite. Received: {numbers[row, column]} in sample {row}, column {column} "
            f"({int((~finite).sum())} such numbers). Drop these samples or fill them in."
        )
    largest = float(np.abs(numbers).max(initial=0.0))
    if largest > _LARGEST:
        raise ValueError(
            f"{name} must hold numbers up to {_LARGEST:g}, so that their powers are finite; divide them first. "
            f"Received: {largest:g}"
        )
    return numbers


def same_length(*sizes: int) -> int:
    """Give the number of samples that all share.

    Raises:
        ValueError: if they differ.
    """
    if len(set(sizes)) != 1:
        listed = ", ".join(map(str, sizes))
        raise ValueError(f"All variables must have the same number of samples. Received: {listed}")
    return sizes[0]
