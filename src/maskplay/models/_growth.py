"""How the part of targets grows that all texts of a row descend from."""

from typing import Any, NamedTuple

from keras import ops

from maskplay.models._rooms import Rooms, block, put


class Listed(NamedTuple):
    """A list of rows, and of something for each: its first `count` are meant.

    Attributes:
        count: `()`.
        rows: `(most,)`.
        blocks: `(most,)`, a block of each.
    """

    count: Any
    rows: Any
    blocks: Any


class Growth(NamedTuple):
    """How the trunk grows in a step.

    What beams descend from soon is one and the same; only their last tokens differ. In the trunk it is looked at once.

    Attributes:
        size: positions of a block of each text.
        slots: `(batch, width, capacity)`.
        shared: `(batch,)`, blocks of the trunk after this step.
        moving: rows whose trunk grows, and by which block.
        own: rows and blocks that are neither in the trunk nor the one that is being written.
    """

    size: int
    slots: Any
    shared: Any
    moving: Listed
    own: Listed

    @classmethod
    def of(cls, size: int, shared: Any, slots: Any, index: Any) -> "Growth":
        """Let the trunk of each row grow by a block, if all its texts have that in common by now.

        Args:
            size: positions of a block.
            shared: `(batch,)`, blocks of the trunk before.
            slots: `(batch, width, capacity)`.
            index: `()`, the position that is being written.
        """
        batch, _, capacity = slots.shape
        same = ops.logical_and(ops.all(slots == slots[:, :1], axis=1), ops.arange(capacity) < index)
        agreed = ops.sum(ops.cumprod(ops.cast(same, "int32"), axis=1), axis=1) // size
        grows = ops.cast(agreed > shared, "int32")
        moving = _listed(grows, shared, batch)
        shared = shared + grows
        own = _listed(index // size - shared, shared, batch * (capacity // size))
        return cls(size, slots, shared, moving, own)

    def moved(self, own: Rooms, trunk: Rooms) -> Rooms:
        """Copy what the trunks grow by."""
        rows, blocks = self.moving.rows, self.moving.blocks
        _, *trunk = ops.while_loop(
            lambda n, *_: n < self.moving.count,
            lambda n, *trunk: (n + 1, *self._one_moved(own, trunk, rows[n], blocks[n])),
            (ops.zeros((), "int32"), *trunk),
        )
        return tuple(trunk)

    def _one_moved(self, own: Rooms, trunk: Rooms, row: Any, number: Any) -> Rooms:
        keys, values = block(own, number, row)
        _, heads, dim, places = keys.shape
        size, width = self.size, places // self.size
        slot = ops.slice(self.slots, (row, 0, number * size), (1, 1, size))
        keys = ops.take_along_axis(
            ops.reshape(keys, (1, heads, dim, size, width)),
            ops.broadcast_to(slot[:, :, None, :, None], (1, heads, dim, size, 1)),
            axis=4,
        )
        values = ops.take_along_axis(
            ops.reshape(values, (1, heads, size, width, dim)),
            ops.broadcast_to(slot[:, :, :, None, None], (1, heads, size, 1, dim)),
            axis=3,
        )
        return put(trunk, (keys[..., 0], values[:, :, :, 0]), number * size, row)


def _listed(counts: Any, first: Any, most: int) -> Listed:
    """List the rows, each with `counts` of blocks, from its `first` on."""
    ends = ops.cumsum(counts)
    number = ops.arange(most, dtype="int32")
    row = ops.minimum(ops.sum(ops.cast(ends <= number[:, None], "int32"), axis=1), counts.shape[0] - 1)
    return Listed(ends[-1], row, ops.take(first + counts - ends, row) + number)
