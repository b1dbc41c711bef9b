"""A Transformer that reads a source once and writes target tokens one by one (Scientific Spaces 6933)."""

from typing import Any, NamedTuple

from keras import ops

from maskplay import masks
from maskplay.layers import TransformerBlock
from maskplay.layers._places import far
from maskplay.models._partial_softmax import Partial, joined, partial
from maskplay.models.transformer import Transformer

BLOCK = 64
"""Written positions that are looked at together; what has not been written yet costs nothing, up to so many."""

Kept = tuple[tuple[Any, Any], ...]
"""Keys and values of each time that positions go through a block."""


class Source(NamedTuple):
    """A source that was read.

    Attributes:
        kept: keys and values, `(batch, heads, source_length, dim)` each.
        lengths: `(batch,)`, tokens of each source.
    """

    kept: Kept
    lengths: Any


class TransformerDecoder:
    """Gives what a Transformer under a prefix mask says, without computing anything twice.

    Under that mask the source does not see the target, and target tokens do not see what comes behind them. So keys and
    values of what was read stay as they are: those of the source are made once and shared by all texts of a row, those
    of a target token are made when it is written, and put into its own place for good. Where beams change places
    nothing is moved: who descends from whom is one more mask.

    Args:
        network: with the head "masked_lm".

    Raises:
        ValueError: It has another head, which says nothing of tokens.
    """

    def __init__(self, network: Transformer) -> None:
        if network.config.head != "masked_lm":
            raise ValueError(
                f'To write, the network needs the head "masked_lm". Received: head={network.config.head!r}'
            )
        self.network = network

    def read(self, tokens: Any, lengths: Any) -> tuple[Source, Any]:
        """Read sources, all of whose tokens see each other.

        Args:
            tokens: `(batch, source_length)`, the source first and anything behind.
            lengths: `(batch,)`, at least 1.

        Returns:
            What `write` needs, and the logits of the first target token, `(batch, vocabulary)`.
        """
        network = self.network
        places = ops.arange(tokens.shape[1], dtype="int32")[None]
        lengths = ops.cast(lengths, "int32")
        visible = network.visible(tokens, masks.padding(places < lengths[:, None]))
        x, kept = network.embed(tokens), []
        where = network.where(x)
        for index in range(network.config.depth):
            block = network.block(index)
            query, key, value = block.attention.project(block.before_attention(x), where)
            x = block.after_attention(x, block.attention.mix(query, key, value, visible, where))
            kept.append(tuple(ops.transpose(part, (0, 2, 1, 3)) for part in (key, value)))
        last = ops.take_along_axis(x, (lengths - 1)[:, None, None], axis=1)
        return Source(tuple(kept), lengths), network.say(network.last(last))[:, 0]

    def room(self, batch: int, width: int, capacity: int) -> Kept:
        """Make room for keys and values of targets, `(batch, heads, capacity, width, dim)` each."""
        attention = self.network.blocks[0].attention
        shape = (batch, attention.heads, capacity, width, attention.head_dim)
        dtype = self.network.compute_dtype
        return tuple(
            (ops.zeros(shape, dtype), ops.zeros(shape, dtype)) for _ in range(self.network.config.depth)
        )

    def write(self, source: Source, kept: Kept, texts: Any, slots: Any, index: Any) -> tuple[Any, Kept]:
        """Read one more token of each text; see `maskplay.decoding.generation.Step`.

        Args:
            source: of `read`.
            kept: of `room`, or of the step before.
            texts: target tokens `(batch, width, capacity)`.
            slots: `(batch, width, capacity)`.
            index: `()`.

        Returns:
            Logits of the next token `(batch, width, vocabulary)`, and keys and values.
        """
        network = self.network
        token = ops.take(texts, ops.cast(index, "int32"), axis=2)
        places = ops.broadcast_to(source.lengths[:, None] + index, token.shape)
        x = network.embed(token, ops.ones_like(token) if network.config.segments > 1 else None, places)
        rotation = network.where(x, places) if network.config.positions == "rotary" else None
        written: list[tuple[Any, Any]] = []
        for number in range(network.config.depth):
            block = network.block(number)
            query, key, value = block.attention.project(block.before_attention(x), rotation)
            now = tuple(
                ops.slice_update(room, (0, 0, index, 0, 0), ops.transpose(new, (0, 2, 1, 3))[:, :, None])
                for room, new in zip(kept[number], (key, value), strict=True)
            )
            written.append(now)
            mixed = self._mixed(block, query, source, source.kept[number], now, slots, index)
            x = block.after_attention(x, block.attention.merge(mixed))
        return network.say(network.last(x)), tuple(written)

    def _mixed(
        self,
        block: TransformerBlock,
        query: Any,
        source: Source,
        read: Any,
        written: Any,
        slots: Any,
        index: Any,
    ) -> Any:
        """Let new tokens look at their source and at their own past, `(batch, width, dim)`."""
        batch, width, heads, dim = query.shape
        query = ops.transpose(query, (0, 2, 1, 3)) / dim**0.5
        places = ops.arange(read[0].shape[2], dtype="int32")[None]
        seen = (places < source.lengths[:, None])[:, None, None]
        apart = places - source.lengths[:, None] - index
        found = partial(query, read[0], read[1], seen, self._far(block, apart))
        capacity = slots.shape[2]
        size = BLOCK if capacity % BLOCK == 0 else capacity

        def past(number: Any, found: Partial) -> Partial:
            first = number * size
            begin, shape = (0, 0, first, 0, 0), (batch, heads, size, width, dim)
            # Places of the block and the slots at each, as one axis.
            key, value = (
                ops.reshape(ops.slice(part, begin, shape), (batch, heads, size * width, dim))
                for part in written
            )
            own = ops.slice(slots, (0, 0, first), (batch, width, size))
            places = first + ops.arange(size, dtype="int32")
            seen = ops.logical_and(
                own[:, :, :, None] == ops.arange(width, dtype=own.dtype), (places <= index)[:, None]
            )
            apart = ops.repeat(places - index, width)[None]
            seen = ops.reshape(seen, (batch, 1, width, size * width))
            return joined(found, partial(query, key, value, seen, self._far(block, apart)))

        if size == capacity:
            found = past(0, found)
        else:
            blocks = index // size + 1
            _, *rest = ops.while_loop(
                lambda number, *found: number < blocks,
                lambda number, *found: (number + 1, *past(number, Partial(*found))),
                (ops.zeros((), dtype="int32"), *found),
            )
            found = Partial(*rest)
        mixed = ops.transpose(ops.cast(found.mixed / found.total, query.dtype), (0, 2, 1, 3))
        return ops.reshape(mixed, (batch, width, heads * dim))

    def _far(self, block: TransformerBlock, apart: Any) -> Any:
        """Give the vectors of distances `(batch or 1, keys)` from query to key, for NEZHA; else None."""
        attention = block.attention
        return far(apart, attention.head_dim, attention.reach) if attention.places == "relative" else None
