"""Rooms for keys and values that come one after another, in blocks that lie together in memory."""

from typing import Any

from keras import ops

Rooms = tuple[Any, Any]
"""Keys `(blocks, batch, heads, dim, size)` and values `(blocks, batch, heads, size, dim)`.

So a block is read in one go, and both products of attention find their sums along memory: keys lie as
`(dim, places)`, since turning them over for each token would take longer than looking at them.
"""


def rooms(blocks: int, size: int, heads: tuple[int, int, int], dtype: str) -> Rooms:
    """Make rooms for `blocks * size` places; `heads` are `(batch, heads, dim)`."""
    *most, dim = heads
    return ops.zeros((blocks, *most, dim, size), dtype), ops.zeros((blocks, *most, size, dim), dtype)


def block(kept: Rooms, number: Any, row: Any = None) -> tuple[Any, Any]:
    """Give keys `(batch, heads, dim, size)` and values `(batch, heads, size, dim)` of a block, or of one row of it."""
    batch = kept[0].shape[1]
    first, count = (0, batch) if row is None else (row, 1)
    keys, values = (ops.slice(x, (number, first, 0, 0, 0), (1, count, *x.shape[2:])) for x in kept)
    return keys[0], values[0]


def put(kept: Rooms, new: tuple[Any, Any], place: Any, row: Any = 0) -> Rooms:
    """Put keys `(rows, heads, dim, count)` and values `(rows, heads, count, dim)` from `place` on, into one block."""
    size = kept[0].shape[-1]
    number, inside = place // size, place % size
    return (
        ops.slice_update(kept[0], (number, row, 0, 0, inside), new[0][None]),
        ops.slice_update(kept[1], (number, row, 0, inside, 0), new[1][None]),
    )
