"""Self-attention under any attention mask."""

from typing import Any

import keras
from keras import ops

from maskplay.layers._attend import attend
from maskplay.layers._dense import Dense
from maskplay.layers._dense_attention import dense_attention
from maskplay.layers._dropout import Dropout
from maskplay.layers._mask_argument import Seen, TakesAttentionMask, seen
from maskplay.layers._own import own
from maskplay.layers._places import distances, rotate, rotation

PLACES = ("none", "rotary", "relative")


@keras.saving.register_keras_serializable("maskplay")
class SelfAttention(TakesAttentionMask):
    """Every position becomes a mixture of those that it sees, in several heads (Scientific Spaces 6933).

    The fused attention of the backend computes it, told of the mask in the cheapest exact way (`mask.explain()` says
    which). Where the backend has none, where weights are dropped in training, or distances are added (NEZHA), it is
    spelled out; on JAX and a CPU, from 128 queries on, it goes some heads at a time instead, dropped weights included.

    Args:
        units: Channels, of the input and of the output.
        heads: How many mixtures; they divide the channels among them.
        places: What is known of positions: "none"; "rotary", pairs of channels of queries and keys are turned by
            their position (RoFormer); "relative", a vector of sines for the distance is added to keys and values
            (NEZHA).
        reach: Relative distances beyond are this one.
        rotate_values: Rotary positions turn the values as well.
        dropout: Share of the weights dropped in training.
        kernel_initializer: Of the four projections.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        x: `(batch, length, dim)`.
        mask: An attention mask of this length, or a padding mask: boolean `(batch, length)`, True = keep, of the keys
            that may be seen. None: everybody sees everybody. A query that sees nothing mixes zeros.
        places: What `where` gave, to compute it once for many layers.
        mask_form: Internal.

    Returns:
        `(batch, length, dim)`. It carries the padding mask.

    >>> from maskplay import masks
    >>> layer = SelfAttention(8, heads=2)
    >>> x = keras.random.normal((1, 5, 8))
    >>> whole, cut = layer(x, mask=masks.causal(5)), layer(x[:, :3], mask=masks.causal(3))
    >>> bool(keras.ops.all(keras.ops.abs(whole[:, :3] - cut) < 1e-5))
    True
    """

    def __init__(
        self,
        units: int,
        heads: int,
        places: str = "none",
        reach: int = 64,
        rotate_values: bool = False,
        dropout: float = 0.0,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if places not in PLACES:
            raise ValueError(f"places must be one of {', '.join(PLACES)}. Received: {places!r}")
        self.head_dim = _head_dim(units, heads, even=places != "none")
        self.heads, self.places, self.reach, self.rotate_values = heads, places, reach, rotate_values
        self.query, self.key, self.value, self.merge = (
            Dense(units, kernel_initializer=own(kernel_initializer)) for _ in range(4)
        )
        self.weight_dropout = Dropout(dropout)

    def call(
        self, x: Any, mask: Any = None, places: Any = None, mask_form: Any = None, training: Any = None
    ) -> Any:
        visible = seen(mask, mask_form, x)
        places = self.where(x) if places is None else places
        return self.mix(*self.project(x, places), visible, places, training=training)

    def where(self, x: Any, positions: Any = None, limit: int | None = None) -> Any:
        """Give what `call` takes as `places`.

        Args:
            x: `(batch, length, dim)`.
            positions: whole numbers `(batch or 1, length)`; default: counted from 0.
            limit: positions are below this; rotations are then as exact for far ones.
        """
        if self.places == "rotary":
            return rotation(ops.shape(x)[1], self.head_dim, positions, limit)
        if self.places == "relative":
            return distances(ops.shape(x)[1], self.head_dim, self.reach, positions)
        return None

    def project(self, x: Any, places: Any) -> tuple[Any, Any, Any]:
        """Give queries, keys and values, `(batch, length, heads, dim / heads)` each."""
        shape = (-1, ops.shape(x)[1], self.heads, self.head_dim)
        query, key, value = (ops.reshape(part(x), shape) for part in (self.query, self.key, self.value))
        if self.places == "rotary":
            query, key = rotate(query, places), rotate(key, places)
            value = rotate(value, places) if self.rotate_values else value
        return query, key, value

    def mix(
        self, query: Any, key: Any, value: Any, visible: Seen, places: Any = None, training: Any = None
    ) -> Any:
        """Let queries look at keys, and give what comes out of all heads, `(batch, query_length, dim)`.

        Args:
            query: of `project`.
            key: of `project`, maybe of more positions.
            value: likewise.
            visible: who sees whom.
            places: of `where`, for relative positions.
            training: whether weights are dropped.
        """
        drop = self.weight_dropout if training and self.weight_dropout.rate > 0 else None
        if self.places == "relative":
            mixed = dense_attention(query, key, value, visible.pairs, places, drop)
        else:
            mixed = attend(query, key, value, visible, drop)
        return self.merge(ops.reshape(mixed, (-1, ops.shape(mixed)[1], self.heads * self.head_dim)))


def _head_dim(units: int, heads: int, even: bool) -> int:
    if heads < 1 or units < 1 or units % heads or (even and (units // heads) % 2):
        raise ValueError(
            f"The heads must divide the units among them{', an even number each' if even else ''}. Received: "
            f"units={units}, heads={heads}"
        )
    return units // heads
