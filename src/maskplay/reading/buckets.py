"""A few lengths to pad to, so that few shapes are compiled."""

from collections.abc import Sequence

import numpy as np

PASSAGE_LENGTHS = (64, 128, 256, 384, 448, 512, 576, 640, 768, 1024)
# No more of a question is read: time and memory grow with the question's length times the passage's.
QUESTION_LENGTHS = (16, 24, 32, 64, 128, 256, 512)


def bucket(length: int, lengths: Sequence[int]) -> int:
    """Find the smallest of `lengths` that holds `length`; beyond them, double the largest until it does.

    >>> bucket(65, (64, 128)), bucket(300, (64, 128))
    (128, 512)
    """
    for candidate in lengths:
        if length <= candidate:
            return candidate
    largest = lengths[-1]
    while largest < length:
        largest *= 2
    return largest


def padded(rows: Sequence[np.ndarray], count: int, length: int) -> np.ndarray:
    """Stack int32 id rows of different lengths, with 0 after each and rows of 0 up to `count`.

    >>> padded([np.array([5, 6]), np.array([7])], 3, 3).tolist()
    [[5, 6, 0], [7, 0, 0], [0, 0, 0]]
    """
    array = np.zeros((count, length), dtype=np.int32)
    for i, row in enumerate(rows):
        array[i, : len(row)] = row
    return array


def row_sizes(most: int) -> list[int]:
    """Give the numbers of rows that batches of at most `most` may have: halves of halves, down to a sixteenth, and one.

    So few, because compiling one more shape takes as long as computing dozens of batches. One, because one question is
    what is asked most: padded to a sixteenth, it took as long as a tenth of asking 64 passages.

    >>> row_sizes(42), row_sizes(3)
    ([1, 2, 5, 10, 21, 42], [1, 3])
    """
    return sorted({1, *(most // part for part in (1, 2, 4, 8, 16) if most >= part)})


def rounded_rows(count: int, most: int) -> int:
    """Round a number of rows up to one of `row_sizes`; beyond them it stays as it is.

    >>> [rounded_rows(count, 42) for count in (1, 3, 10, 11, 42, 50)]
    [1, 5, 10, 21, 42, 50]
    """
    return next((size for size in row_sizes(most) if size >= count), count)
