"""Sources of different lengths as arrays of few shapes, for every shape is compiled once."""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

_STEP = 64  # of room for targets


class SourceBatch(NamedTuple):
    """Some sources.

    Attributes:
        numbers: which of all they are; fewer than rows, where some rows only fill the batch.
        tokens: int32 `(rows, length)`.
        lengths: int32 `(rows,)`, at least 1.
        live: boolean `(rows,)`, False for rows that only fill the batch.
        seeds: int32 `(rows,)`.
    """

    numbers: list[int]
    tokens: np.ndarray
    lengths: np.ndarray
    live: np.ndarray
    seeds: np.ndarray


def source_batches(
    sources: Sequence[np.ndarray], rows: int, longest: int | None, seed: int = 0
) -> Iterator[SourceBatch]:
    """Put sources of like length together.

    Args:
        sources: tokens of each, marks included.
        rows: of a batch, at most.
        longest: positions that the network has; None where it takes any number.
        seed: what is drawn depends on it, on the source, and on how many equal sources came before.
    """
    seeds = _seeds(sources, seed)
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    for begin in range(0, len(order), rows):
        numbers = order[begin : begin + rows]
        count = min(rows, rounded(len(numbers), 1))
        length = rounded(max(len(sources[i]) for i in numbers), 16)
        length = length if longest is None else min(longest, length)
        tokens, lengths = np.zeros((count, length), "int32"), np.ones(count, "int32")
        for row, i in enumerate(numbers):
            tokens[row, : len(sources[i])] = sources[i]
            lengths[row] = len(sources[i])
        own = np.zeros(count, "int32")
        own[: len(numbers)] = seeds[numbers]
        yield SourceBatch(numbers, tokens, lengths, np.arange(count) < len(numbers), own)


def rounded(count: int, least: int) -> int:
    """Round up to a power of two times `least`.

    >>> rounded(3, 1), rounded(5, 16), rounded(40, 16)
    (4, 16, 64)
    """
    size = least
    while size < count:
        size *= 2
    return size


def capacity_for(length: int) -> int:
    """Give the room for targets of so many tokens: few sizes, for each is compiled.

    >>> capacity_for(5), capacity_for(60), capacity_for(65)
    (16, 64, 128)
    """
    return rounded(length, 16) if length <= _STEP else -(-length // _STEP) * _STEP


def _seeds(sources: Sequence[np.ndarray], seed: int) -> np.ndarray:
    before: Counter[bytes] = Counter()
    found = []
    for source in sources:
        content = np.asarray(source, "<i4").tobytes()
        found.append(zlib.crc32(content + f"{seed} {before[content]}".encode()))
        before[content] += 1
    return np.asarray(found, "uint32").view("int32")
