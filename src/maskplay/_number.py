"""Numbers that callers give: of the right kind, finite, and Python's own."""

import math
from numbers import Integral, Real
from typing import Any, TypeVar

Number = TypeVar("Number", int, float)


def checked_number(
    name: str, value: Any, kind: type[Number], least: float = -math.inf, most: float = math.inf
) -> Number:
    """Give a number as Python's own, for JSON has no place for NumPy's.

    Args:
        name: what errors call it.
        value: of Python or of NumPy; no boolean, which is a mistake wherever a number is asked for.
        kind: `int` for whole numbers; `float` for any.
        least: the smallest that may be.
        most: the largest.

    Raises:
        TypeError: It is no number, or no whole one.
        ValueError: It is not finite, too small or too large.

    >>> import numpy as np
    >>> checked_number("beam", np.int64(4), int, 1)
    4
    >>> checked_number("beam", 4.0, int, 1)
    Traceback (most recent call last):
        ...
    TypeError: beam must be a whole number. Received: 4.0
    """
    wanted: Any
    wanted, what = (Integral, "a whole number") if kind is int else (Real, "a number")
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise TypeError(f"{name} must be {what}. Received: {value!r:.60}")
    try:
        number = kind(value)
    except OverflowError:  # a whole number that no float can hold
        number = kind(math.copysign(math.inf, value))
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite. Received: {value}")
    if number < least:
        raise ValueError(f"{name} must be at least {least}. Received: {value}")
    if number > most:
        raise ValueError(f"{name} must be at most {most}. Received: {value}")
    return number
