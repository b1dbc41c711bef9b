"""What may be measured: samples along the first axis, every one a number, or a label."""

from typing import Any

import numpy as np

from maskplay.analysis.hsic._types import Array, Floats

_NUMBERS = "fiub"


def as_array(x: Any, name: str = "x") -> Array:
    """Make an array of samples `(n, …)` of whatever NumPy understands, data frames among it.

    Raises:
        ValueError: if there is no axis of samples, or no sample.
    """
    array = np.asarray(x)
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} must have samples along its first axis. Received: shape {array.shape}")
    return array


def is_label(array: Array) -> bool:
    """Whether samples are labels (strings, booleans, anything but numbers) and not quantities."""
    return array.dtype.kind not in "fiu"


def as_numbers(x: Any, name: str = "x") -> Floats:
    """Make float64 samples `(n, columns)`; all axes but the first are flattened.

    Raises:
        TypeError: if they are no real numbers.
        ValueError: if one is infinite or NaN; the message says which.
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
