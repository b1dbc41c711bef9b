"""One Transformer for every mask (Scientific Spaces 6933), in Keras."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from maskplay import masks
from maskplay.layers import TransformerBlock
from maskplay.layers._activation import activation
from maskplay.layers._dense import Dense
from maskplay.layers._dropout import Dropout
from maskplay.layers._mask_argument import Seen, TakesAttentionMask, seen
from maskplay.layers._own import own
from maskplay.layers._product import product
from maskplay.models.transformer_config import MaskOf, TransformerConfig

_BY_POSITION = (None, "masked_lm", "span", "token")
_POOLING = {"bert": "tanh", "albert": "tanh", "nezha": "tanh", "electra": "gelu"}


_MANY = 2048  # rows; for fewer it does not pay to turn a table of all tokens over, which the quicker product needs


class _TiedDense(keras.layers.Layer):
    """Likeness to each row of a table, and a number of its own for each row."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units

    def build(self, x_shape: Any, table_shape: Any) -> None:
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x: Any, table: Any) -> Any:
        table, bias = (ops.cast(part, x.dtype) for part in (table, self.bias))
        rows = x.shape[:-1]
        if all(isinstance(length, int) for length in rows) and math.prod(rows) < _MANY:
            return ops.matmul(x, ops.transpose(table)) + bias
        return product(x, ops.transpose(table), bias)


@keras.saving.register_keras_serializable("maskplay")
class Transformer(TakesAttentionMask):
    """Token ids to what the head says of them, under any attention mask.

    The mask is an argument: a language model, a permutation language model and sequence to sequence are this one
    network under other masks. It is lowered once for all blocks.

    Args:
        config: `TransformerConfig.to_dict()`.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        tokens: Whole numbers `(batch, length)`.
        segments: Whole numbers `(batch, length)`; default: 0.
        positions: Whole numbers `(batch or 1, length)` below `max_positions`; default: counted from 0. Packed rows
            count anew in each document.
        mask: An attention mask of this length; or a padding mask, boolean `(batch, length)`. Default: nobody looks at
            tokens that are `pad_id`. An attention mask is taken as it is: padding is kept out of sight with
            `& masks.padding(tokens != pad_id)`.
        mask_form: Internal.

    Returns:
        As `TransformerConfig` says of `head`. What has a length carries the padding mask.

    Raises:
        ValueError: The input is longer than the table of positions.

    A token beyond the vocabulary is never read as another one: on JAX what sees it is NaN, on the other backends
    looking it up is an error.
    """

    def __init__(self, config: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = c = TransformerConfig.from_dict(config)
        fresh = keras.initializers.RandomNormal(stddev=c.initial_deviation)

        def table(rows: int) -> Any:
            return (
                keras.layers.Embedding(rows, c.table_width, embeddings_initializer=own(fresh))
                if rows
                else None
            )

        self.tokens = table(c.vocabulary_size)
        self.segments = table(c.segments)
        self.places = table(c.max_positions if c.positions == "absolute" else 0)
        self.embedding_norm = keras.layers.LayerNormalization(epsilon=c.epsilon)
        self.dropout = Dropout(c.dropout)
        self.widen = Dense(c.width, kernel_initializer=own(fresh)) if c.embedding_width else None
        self.blocks = [self._block(fresh) for _ in range(c.groups or c.depth)]
        self.final_norm = keras.layers.LayerNormalization(epsilon=c.epsilon) if c.norm == "pre" else None
        pools = c.head in ("classification", "pooled")
        self.pooler: Any = Dense(c.width, kernel_initializer=own(fresh)) if pools else None
        self.transform: Any = None
        if c.head == "masked_lm":
            self.transform = Dense(c.table_width, kernel_initializer=own(fresh))
            self.transform_norm = keras.layers.LayerNormalization(epsilon=c.epsilon)
            self.token_bias = _TiedDense(c.vocabulary_size, name="token_bias")
        labels = {"span": 2, "token": c.labels, "classification": c.labels}.get(c.head or "")
        self.head = Dense(labels, kernel_initializer=own(fresh)) if labels else None

    def call(
        self,
        tokens: Any,
        segments: Any = None,
        positions: Any = None,
        mask: Any = None,
        mask_form: Any = None,
        training: Any = None,
    ) -> Any:
        visible = self.visible(tokens, mask, mask_form)
        x = self.embed(tokens, segments, positions, training=training)
        where = self.where(x, positions)
        for i in range(self.config.depth):
            x = self.block(i)(x, mask=visible, places=where, training=training)
        return self.say(self.last(x), training=training)

    def __call__(self, *args: Any, mask: Any = None, **kwargs: Any) -> Any:
        """Call the network; see the class."""
        _check_length(args[0] if args else kwargs.get("tokens"), self.config)
        return super().__call__(*args, mask=mask, **kwargs)

    # ---- the parts, for what puts them together otherwise

    def visible(self, tokens: Any, mask: Any = None, mask_form: Any = None) -> Seen:
        """Give the mask of a call, lowered."""
        return seen(masks.padding(self.kept(tokens)) if mask is None else mask, mask_form, tokens)

    def kept(self, tokens: Any) -> Any:
        """Give the padding mask of tokens."""
        return ops.not_equal(tokens, self.config.pad_id)

    def embed(self, tokens: Any, segments: Any = None, positions: Any = None, training: Any = None) -> Any:
        """Give what goes into the first block, `(batch, length, width)`."""
        x = self.tokens(tokens)
        if self.segments is not None:
            # With one kind of segment all tokens are of it, whatever told source and target apart for the mask.
            alike = segments is None or self.config.segments == 1
            x = x + self.segments(ops.zeros_like(tokens) if alike else segments)
        if self.places is not None:
            x = x + self.places(
                ops.arange(ops.shape(x)[1], dtype="int32")[None] if positions is None else positions
            )
        x = self.dropout(self.embedding_norm(x), training=training)
        return x if self.widen is None else self.widen(x)

    def where(self, x: Any, positions: Any = None) -> Any:
        """Give what blocks take as `places`, once for all of them."""
        return self.blocks[0].attention.where(x, positions, limit=self.config.max_positions)

    def block(self, index: int) -> TransformerBlock:
        """Give the block that positions go through as the so-manieth, from 0."""
        return self.blocks[index * len(self.blocks) // self.config.depth]

    def last(self, x: Any) -> Any:
        """Give the states from what the last block gave."""
        return x if self.final_norm is None else self.final_norm(x)

    def say(self, states: Any, training: Any = None) -> Any:
        """Give what the head says of the states `(batch, length, width)`."""
        if self.config.head == "masked_lm":
            return self._token_logits(states)
        if self.pooler is not None:
            states = self._pooled(states[:, 0], training)
        if self.config.head in ("token", "classification"):
            states = self.dropout(states, training=training)
        return states if self.head is None else self.head(states)

    def hidden_states(
        self, tokens: Any, segments: Any = None, positions: Any = None, mask: Any = None
    ) -> list[Any]:
        """Give what goes into the first block and what comes out of each, `(batch, length, width)` each."""
        _check_length(tokens, self.config)
        tokens = ops.convert_to_tensor(tokens)
        visible, x = self.visible(tokens, mask), self.embed(tokens, segments, positions)
        states, where = [x], self.where(x, positions)
        for i in range(self.config.depth):
            states.append(self.block(i)(states[-1], mask=visible, places=where))
        return states

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The padding mask; none where the length is gone."""
        if self.config.head not in _BY_POSITION:
            return None
        padding = super().compute_mask(inputs, previous_mask)
        return self.kept(inputs) if padding is None else padding

    def _block(self, fresh: Any) -> TransformerBlock:
        c = self.config
        return TransformerBlock(
            c.width,
            c.heads,
            c.hidden,
            norm=c.norm,
            activation=c.activation,
            places=c.positions if c.positions in ("rotary", "relative") else "none",
            reach=c.max_distance,
            rotate_values=c.rotate_values,
            dropout=c.dropout,
            attention_dropout=c.attention_dropout,
            epsilon=c.epsilon,
            kernel_initializer=fresh,
        )

    def _token_logits(self, states: Any) -> Any:
        """Likeness to the embedding of each token: the table is tied."""
        x = self.transform_norm(activation(self.config.activation)(self.transform(states)))
        return self.token_bias(x, ops.convert_to_tensor(self.tokens.embeddings))

    def _pooled(self, first: Any, training: Any) -> Any:
        family = self.config.family
        if self.config.head == "classification" and family in ("electra", "roformer"):
            first = self.dropout(first, training=training)
        return activation(_POOLING.get(family, self.config.activation))(self.pooler(first))


def functional(
    config: TransformerConfig, mask: MaskOf | None, inputs: Sequence[str], length: int | None
) -> keras.Model:
    """See `TransformerConfig.build`."""
    if "tokens" not in inputs:
        raise ValueError(f'The inputs must have "tokens" among them. Received: {list(inputs)}')
    x = {name: keras.Input((length,), dtype="int32", name=name) for name in inputs}
    given = {name: x[name] for name in ("segments", "positions") if name in x}
    network = config.layer(name="transformer")
    said = network(x["tokens"], **given, mask=None if mask is None else mask(x))
    return keras.Model(x, said, name="transformer_model")


def _check_length(tokens: Any, config: TransformerConfig) -> None:
    length = tokens.shape[1] if hasattr(tokens, "shape") and len(tokens.shape) > 1 else None
    if config.limit is not None and length is not None and length > config.limit:
        raise ValueError(
            f"An input can have {config.limit} positions at most, as many as the table of positions has. "
            f"Received: {length}. Cut it, or read it in pieces."
        )
