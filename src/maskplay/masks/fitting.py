"""What masks must have in common, and how what they are made of is written."""

import operator
from contextlib import suppress
from typing import Any

import keras
import numpy as np


def same_length(mine: int | None, theirs: int | None, axis: str, text: str) -> int | None:
    """Require one length of two masks, as far as both are known."""
    if None not in (mine, theirs) and mine != theirs:
        raise ValueError(
            f"Masks that are composed must have the same {axis}_length. Received: {mine} and {theirs} in {text}"
        )
    return theirs if mine is None else mine


def same_batch(mine: int | None, theirs: int | None, text: str) -> None:
    """Require one batch of two masks, where neither is for all rows."""
    if len({mine, theirs} - {1, None}) > 1:
        raise ValueError(
            f"Masks that are composed must be for the same batch, or for all. Received: batches of {mine} and "
            f"{theirs} in {text}"
        )


def whole_number(value: Any, name: str) -> int:
    """Require one whole number: of Python, of NumPy, or an array of it."""
    if not isinstance(value, bool | np.bool_):
        with suppress(TypeError):
            return operator.index(value)
    raise TypeError(f"{name} must be a whole number. Received: {type(value).__name__} {value!r:.60}")


def checked_count(count: Any) -> int:
    """Require a number of positions."""
    number = whole_number(count, "count")
    if number < 1:
        raise ValueError(f"count must be a whole number of at least 1. Received: {number}")
    return number


def checked_start(start: Any, count: int, length: int | None, name: str) -> Any:
    """Require a part that there is; the numbers in a tensor are not looked at."""
    if _is_tensor(start):
        if "int" not in keras.backend.standardize_dtype(start.dtype):
            raise TypeError(f"start must be a whole number, or a tensor of some. Received: {start.dtype}")
        return start
    first = whole_number(start, "start")
    if length is not None and not 0 <= first <= length - count:
        raise ValueError(f"There are {length} {name}. Received: start={first}, count={count}")
    return first


def _is_tensor(start: Any) -> bool:
    number = isinstance(start, np.generic) or (isinstance(start, np.ndarray) and start.ndim == 0)
    return hasattr(start, "dtype") and not number


def joined(mine: str, theirs: str, sign: str) -> str:
    """Write a composition, in parentheses where it would be read otherwise."""
    other = {"&": "|", "|": "&"}[sign]
    return f" {sign} ".join(f"({text})" if f" {other} " in _open(text) else text for text in (mine, theirs))


def grouped(text: str) -> str:
    """Write something to which a sign is put."""
    return f"({text})" if " & " in _open(text) or " | " in _open(text) else text


def _open(text: str) -> str:
    """Give what stands in no parentheses."""
    depth, kept = 0, []
    for character in text:
        depth += (character == "(") - (character == ")")
        kept.append("" if depth else character)
    return "".join(kept)
