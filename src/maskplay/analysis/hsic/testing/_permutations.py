"""Random orders: of everything, within groups, or of blocks of a series."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from maskplay.analysis.hsic._types import Ints

CHUNK = 64
"""Orders at a time."""


Chunk = Callable[[], Ints]
"""Makes up to 64 orders `(orders, n)` when called, so that this can be done by several threads; always the same."""


def orders(
    n: int, count: int, rng: np.random.Generator, groups: Any = None, block: int | None = None
) -> list[Chunk]:
    """Give `count` random orders of n samples, in chunks.

    Args:
        n: number of samples.
        count: how many orders.
        rng: source of randomness.
        groups: labels `(n,)`; samples change places within their group only.
        block: samples of a series that stay together.

    Raises:
        ValueError: if groups and blocks are both asked for, labels are not as many as samples, or a block is too long.
    """
    if groups is not None and block is not None:
        raise ValueError("Orders are random within groups or of blocks, not both. Received: groups and block")
    if block is not None and not 1 <= block <= n // 2:
        raise ValueError(f"block must be between 1 and half of the {n} samples. Received: {block}")
    sizes = [min(CHUNK, count - start) for start in range(0, count, CHUNK)]
    make: Callable[[int, np.random.Generator], Ints] = partial(free_orders, n)
    if groups is not None:
        make = partial(_within, _members(groups, n))
    elif block is not None:
        make = partial(_blockwise, n, block)
    return [partial(make, size, child) for size, child in zip(sizes, rng.spawn(len(sizes)), strict=True)]


def free_orders(n: int, count: int, rng: np.random.Generator) -> Ints:
    """Random orders `(count, n)`: sorts random keys whose lowest bits are the sample's number.

    Sorting plain integers is several times faster than sorting an index by keys. Two keys that are equal above the
    lowest bits would keep their order: for n = 1,000 that happens once in 10¹⁰ orders.
    """
    bits = max(n - 1, 1).bit_length()
    low = np.uint64((1 << bits) - 1)
    keys = np.frombuffer(rng.bytes(8 * count * n), np.uint64).reshape(count, n) & ~low
    keys |= np.arange(n, dtype=np.uint64)
    keys.sort(axis=1)
    keys &= low
    return keys.view(np.int64)


def _within(members: list[Ints], count: int, rng: np.random.Generator) -> Ints:
    result = np.empty((count, sum(map(len, members))), np.intp)
    for own in members:
        result[:, own] = own[free_orders(len(own), count, rng)]
    return result


def _blockwise(n: int, block: int, count: int, rng: np.random.Generator) -> Ints:
    return np.stack([_of_blocks(n, block, rng) for _ in range(count)])


def _of_blocks(n: int, block: int, rng: np.random.Generator) -> Ints:
    # The border between blocks falls elsewhere each time; the series is taken as a circle.
    offset = int(rng.integers(n))
    parts = np.array_split(np.roll(np.arange(n), -offset), max(n // block, 2))
    rearranged = np.concatenate([parts[i] for i in rng.permutation(len(parts))])
    return np.roll(rearranged, offset)


def _members(groups: Any, n: int) -> list[Ints]:
    labels = np.asarray(groups)
    if labels.shape != (n,):
        raise ValueError(
            f"groups must be one label for each of the {n} samples. Received: shape {labels.shape}"
        )
    _, codes = np.unique(labels, return_inverse=True)
    return [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
