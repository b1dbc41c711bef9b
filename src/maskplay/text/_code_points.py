"""Strings as arrays of code points, and back: what makes per-character work fast and offsets exact."""

from collections.abc import Callable

import numpy as np

COUNT = 0x110000
"""Number of code points that Unicode has; a table of this length can be indexed by any character."""


def code_points(text: str) -> np.ndarray:
    """Give the code points of `text` as a read-only uint32 array `(length,)`; lone surrogates survive."""
    if not isinstance(text, str):
        raise TypeError(f"text must be a string (str); received {type(text).__name__}.")
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def from_code_points(points: np.ndarray) -> str:
    """Give the string whose code points are `points`, an integer array `(length,)`."""
    return points.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def identity_table() -> np.ndarray:
    """Give a fresh uint32 table `(0x110000,)` that maps every code point to itself."""
    return np.arange(COUNT, dtype=np.uint32)


def fill(table: np.ndarray, function: Callable[[str], str]) -> None:
    """Apply `function` to the characters that have case or width, where the result is one character."""
    for first, end in CASED_AND_WIDE:
        for point in range(first, end):
            result = function(chr(point))
            if len(result) == 1:
                table[point] = ord(result)


CASED_AND_WIDE = (
    (0x0041, 0x3001),
    (0xA640, 0xABC0),
    (0xFF00, 0xFFF0),
    (0x10400, 0x11900),
    (0x16E40, 0x16EE0),
    (0x1E900, 0x1E950),
)
"""The blocks outside which no character has a lower-case or another width; scanning less starts faster."""
