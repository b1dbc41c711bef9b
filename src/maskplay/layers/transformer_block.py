"""One layer of a Transformer."""

from typing import Any

import keras

from maskplay.layers._dropout import Dropout
from maskplay.layers._mask_argument import TakesAttentionMask
from maskplay.layers.feed_forward import FeedForward
from maskplay.layers.self_attention import SelfAttention

NORMS = ("post", "pre")


@keras.saving.register_keras_serializable("maskplay")
class TransformerBlock(TakesAttentionMask):
    """Self-attention, then a feed-forward network, each added to what it was given (Vaswani et al. 2017).

    Args:
        units: Channels.
        heads: Of the attention.
        hidden: Channels inside of the feed-forward network.
        norm: "post": sums are normalized, as in BERT; "pre": what goes into the two is, which trains deep networks
            without a warm-up, and wants one more normalization behind the last block.
        activation: Of the feed-forward network; see `FeedForward`.
        places: What is known of positions; see `SelfAttention`.
        reach: See `SelfAttention`.
        rotate_values: See `SelfAttention`.
        dropout: Share of what the two give that is dropped in training.
        attention_dropout: Share of the attention's weights dropped in training.
        epsilon: Of the normalizations.
        kernel_initializer: Of all kernels.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        x: `(batch, length, units)`.
        mask: An attention mask, or a padding mask `(batch, length)`; see `SelfAttention`.
        places: What `attention.where` gave, to compute it once for many layers.
        mask_form: Internal.

    Returns:
        `(batch, length, units)`.

    >>> from maskplay import masks
    >>> block = TransformerBlock(8, heads=2, hidden=16, norm="pre")
    >>> block(keras.ops.ones((3, 5, 8)), mask=masks.prefix([0, 0, 0, 1, 1])).shape
    (3, 5, 8)
    """

    def __init__(
        self,
        units: int,
        heads: int,
        hidden: int,
        norm: str = "post",
        activation: str = "gelu",
        places: str = "none",
        reach: int = 64,
        rotate_values: bool = False,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        epsilon: float = 1e-12,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if norm not in NORMS:
            raise ValueError(f'norm must be "post" or "pre". Received: {norm!r}')
        self.norm = norm
        self.attention = SelfAttention(
            units,
            heads,
            places=places,
            reach=reach,
            rotate_values=rotate_values,
            dropout=attention_dropout,
            kernel_initializer=kernel_initializer,
        )
        self.attention_norm = keras.layers.LayerNormalization(epsilon=epsilon)
        self.feed_forward = FeedForward(hidden, units, activation, kernel_initializer=kernel_initializer)
        self.feed_forward_norm = keras.layers.LayerNormalization(epsilon=epsilon)
        self.dropout = Dropout(dropout)

    def call(
        self, x: Any, mask: Any = None, places: Any = None, mask_form: Any = None, training: Any = None
    ) -> Any:
        attended = self.attention(
            self.before_attention(x), mask=mask, places=places, mask_form=mask_form, training=training
        )
        return self.after_attention(x, attended, training=training)

    def before_attention(self, x: Any) -> Any:
        """Give what the attention reads. With `attention.project`, `attention.mix` and `after_attention` this is
        what decoding with a cache puts together."""
        return x if self.norm == "post" else self.attention_norm(x)

    def after_attention(self, x: Any, attended: Any, training: Any = None) -> Any:
        """Give the block's output from its input and what the attention gave for it."""
        x = x + self.dropout(attended, training=training)
        if self.norm == "post":
            x = self.attention_norm(x)
            return self.feed_forward_norm(x + self.dropout(self.feed_forward(x), training=training))
        return x + self.dropout(self.feed_forward(self.feed_forward_norm(x)), training=training)
