"""A Transformer that reads a source once and writes target tokens one by one (Scientific Spaces 6933)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from keras import ops

from maskplay import masks
from maskplay.layers import TransformerBlock
from maskplay.layers._places import far
from maskplay.models._growth import Growth, Listed
from maskplay.models._partial_softmax import Partial, joined, partial
from maskplay.models._rooms import Rooms, block, put, rooms
from maskplay.models.transformer import Transformer

BLOCK = 16
"""Written positions that are looked at together; what has not been written yet costs nothing, up to so many."""

_TRUNK = 64  # the same for the trunk, in a room of several times as many; some `BLOCK`s

Kept = tuple[Rooms, ...]
"""Keys and values of each time that positions go through a block of the network."""


class Written(NamedTuple):
    """What is kept of the targets.

    Attributes:
        own: keys and values of each text: `width` places for each position.
        trunk: those of positions that all texts of each row descend from; empty where a row has one text.
        shared: `(batch,)`, blocks of positions of the trunk: it grows by whole ones.
    """

    own: Kept
    trunk: Kept
    shared: Any


class Source(NamedTuple):
    """A source that was read.

    Attributes:
        kept: keys `(batch, heads, dim, source_length)` and values `(batch, heads, source_length, dim)` of each time
            that it goes through a block of the network.
        lengths: `(batch,)`, tokens of each source.
    """

    kept: tuple[tuple[Any, Any], ...]
    lengths: Any


class TransformerDecoder:
    """Gives what a Transformer under a prefix mask says, without computing anything twice.

    Under that mask the source does not see the target, and target tokens do not see what comes behind them. So keys and
    values of what was read stay as they are: those of the source are made once and shared by all texts of a row, those
    of a target token are made when it is written, and put into its own place for good. Where beams change places
    nothing is moved: who descends from whom is one more mask. Only what all beams of a row have come to share is
    copied, once, to its trunk.

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
            layer = network.block(index)
            query, key, value = layer.attention.project(layer.before_attention(x), where)
            x = layer.after_attention(x, layer.attention.mix(query, key, value, visible, where))
            kept.append(_turned(key, value))
        last = ops.take_along_axis(x, (lengths - 1)[:, None, None], axis=1)
        return Source(tuple(kept), lengths), network.say(network.last(last))[:, 0]

    def room(self, batch: int, width: int, capacity: int) -> Written:
        """Make room for keys and values of targets."""
        attention, depth = self.network.blocks[0].attention, self.network.config.depth
        heads, dtype = (batch, attention.heads, attention.head_dim), self.network.compute_dtype
        size, branches = _block(capacity), width > 1 and capacity % BLOCK == 0
        own = tuple(rooms(capacity // size, size * width, heads, dtype) for _ in range(depth))
        size = size if capacity % _TRUNK or capacity == _TRUNK else _TRUNK
        trunk = tuple(rooms(capacity // size, size, heads, dtype) for _ in range(depth if branches else 0))
        return Written(own, trunk, ops.zeros((batch,), dtype="int32"))

    def write(self, source: Source, kept: Written, texts: Any, slots: Any, index: Any) -> tuple[Any, Written]:
        """Read one more token of each text; see `maskplay.decoding.generation.Step`.

        Args:
            source: of `read`.
            kept: of `room`, or of the step before.
            texts: target tokens `(batch, width, capacity)`.
            slots: `(batch, width, capacity)`.
            index: `()`.

        Returns:
            Logits of the next token `(batch, width, vocabulary)`, and what is kept.
        """
        network, kept = self.network, Written(*kept)
        token = ops.take(texts, ops.cast(index, "int32"), axis=2)
        places = ops.broadcast_to(source.lengths[:, None] + index, token.shape)
        x = network.embed(token, ops.ones_like(token), places)
        rotation = network.where(x, places) if network.config.positions == "rotary" else None
        own: list[tuple[Any, Any]] = []
        trunk: list[tuple[Any, Any]] = []
        grown = Growth.of(BLOCK, kept.shared, slots, index) if kept.trunk else None
        for number in range(network.config.depth):
            layer = network.block(number)
            query, key, value = layer.attention.project(layer.before_attention(x), rotation)
            own.append(put(kept.own[number], _turned(key, value), index * token.shape[1]))
            if grown:
                trunk.append(grown.moved(own[-1], kept.trunk[number]))
            past = _Past(layer, source.lengths, slots, index, grown)
            mixed = past.mixed(query, source.kept[number], own[-1], trunk[-1] if grown else None)
            x = layer.after_attention(x, layer.attention.merge(mixed))
        return network.say(network.last(x)), Written(
            tuple(own), tuple(trunk), grown.shared if grown else kept.shared
        )


def _block(capacity: int) -> int:
    """Tell how many positions are looked at together."""
    return capacity if capacity % BLOCK else BLOCK


def _turned(key: Any, value: Any) -> tuple[Any, Any]:
    """Turn `(batch, places, heads, dim)` into keys `(batch, heads, dim, places)` and values `(…, places, dim)`."""
    return ops.transpose(key, (0, 2, 3, 1)), ops.transpose(value, (0, 2, 1, 3))


@dataclass(frozen=True)
class _Past:
    """What new tokens look at.

    Attributes:
        layer: of the network.
        lengths: of the sources, `(batch,)`.
        slots: `(batch, width, capacity)`.
        index: `()`, where the new tokens stand.
        grown: what the trunk is by now, if there is one.
    """

    layer: TransformerBlock
    lengths: Any
    slots: Any
    index: Any
    grown: Growth | None

    def mixed(self, query: Any, read: Any, own: Any, trunk: Any) -> Any:
        """Let new tokens look at their source, at the trunk and at their own past, `(batch, width, dim)`."""
        batch, width, heads, dim = query.shape
        query = ops.transpose(query, (0, 2, 1, 3)) / dim**0.5
        found = self._source(query, read)
        last = self.index // _block(self.slots.shape[2])
        if self.grown:
            found = self._shared(self.grown, query, own, trunk, found)
            found = self._own(query, own, last, found)
        else:
            found = _each(0, last + 1, lambda n, found: self._own(query, own, n, found), found)
        mixed = ops.transpose(ops.cast(found.mixed / found.total, query.dtype), (0, 2, 1, 3))
        return ops.reshape(mixed, (batch, width, heads * dim))

    def _source(self, query: Any, read: Any) -> Partial:
        places = ops.arange(read[0].shape[3], dtype="int32")[None]
        seen = (places < self.lengths[:, None])[:, None, None]
        key, value = read
        return partial(query, key, value, seen, self._far(places - self.lengths[:, None] - self.index))

    def _shared(self, grown: Growth, query: Any, own: Any, trunk: Any, found: Partial) -> Partial:
        """Add what texts of a row share, and of each row the blocks between that and the one being written."""
        size = trunk[0].shape[-1]
        stop = (ops.max(grown.shared) * grown.size + size - 1) // size
        found = _each(0, stop, lambda n, found: self._trunk(grown, query, trunk, n, found), found)
        return _each(
            0, grown.own.count, lambda n, found: self._own_of_row(grown.own, query, own, n, found), found
        )

    def _trunk(self, grown: Growth, query: Any, trunk: Any, number: Any, found: Partial) -> Partial:
        key, value = block(trunk, number)
        size = key.shape[-1]
        places = number * size + ops.arange(size, dtype="int32")
        far = self._far((places - self.index)[None])
        seen = places < grown.shared[:, None, None, None] * grown.size
        return joined(found, partial(query, key, value, seen, far))

    def _own_of_row(self, listed: Listed, query: Any, own: Any, item: Any, found: Partial) -> Partial:
        """Let one row look at a block that others need not look at."""
        row, number = listed.rows[item], listed.blocks[item]
        mine = [ops.slice(x, (row, 0, 0, 0), (1, *x.shape[1:])) for x in (query, *found)]
        slots = ops.slice(self.slots, (row, 0, 0), (1, *self.slots.shape[1:]))
        more = joined(Partial(*mine[1:]), self._branches(mine[0], block(own, number, row), slots, number))
        return Partial(
            *(ops.slice_update(all_, (row, 0, 0, 0), new) for all_, new in zip(found, more, strict=True))
        )

    def _own(self, query: Any, own: Any, number: Any, found: Partial) -> Partial:
        return joined(found, self._branches(query, block(own, number), self.slots, number))

    def _branches(self, query: Any, kept: tuple[Any, Any], slots: Any, number: Any) -> Partial:
        """Let texts look at what each descends from in a block: places and the slots at each, as one axis."""
        key, value = kept
        batch, _, width, _ = query.shape
        size = key.shape[-1] // width
        slots = ops.slice(slots, (0, 0, number * size), (batch, width, size))
        places = number * size + ops.arange(size, dtype="int32")
        there = (places <= self.index)[:, None]
        seen = ops.logical_and(slots[:, :, :, None] == ops.arange(width, dtype=slots.dtype), there)
        seen = ops.reshape(seen, (batch, 1, width, size * width))
        apart = ops.repeat(places - self.index, width)[None]
        return partial(query, key, value, seen, self._far(apart))

    def _far(self, apart: Any) -> Any:
        """Give the vectors of distances `(batch or 1, keys)` from query to key, for NEZHA; else None."""
        attention = self.layer.attention
        return far(apart, attention.head_dim, attention.reach) if attention.places == "relative" else None


def _each(first: Any, stop: Any, add: Callable[[Any, Partial], Partial], found: Partial) -> Partial:
    """Add numbers `first` to `stop` to what was found."""
    _, *rest = ops.while_loop(
        lambda number, *found: number < stop,
        lambda number, *found: (number + 1, *add(number, Partial(*found))),
        (ops.cast(first, "int32"), *found),
    )
    return Partial(*rest)
