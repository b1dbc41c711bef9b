"""Additive attention pooling (Scientific Spaces 6906)."""

from typing import Any

import keras
from keras import ops

from maskplay.layers._dense import Dense
from maskplay.layers._own import own
from maskplay.layers.composite import Composite
from maskplay.masks import keep, masked_softmax


@keras.saving.register_keras_serializable("maskplay")
class AttentionPooling1D(Composite):
    """A sequence as one vector: the mean of its positions, weighted by what a small network thinks of each.

    The weights are the softmax over kept positions of `v . tanh(W x)` (Scientific Spaces 6906).

    Args:
        units: Rows of `W`.
        kernel_initializer: Of `W` and `v`.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        x: `(batch, length, dim)`.
        mask: Boolean `(batch, length)`, True = keep; None keeps everything.

    Returns:
        `(batch, dim)`; zeros where the mask keeps nothing. It carries no mask.

    >>> AttentionPooling1D(7)(keras.ops.ones((2, 11, 3))).shape
    (2, 3)
    """

    def __init__(self, units: int, kernel_initializer: Any = "glorot_uniform", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden = Dense(units, "tanh", use_bias=False, kernel_initializer=own(kernel_initializer))
        self.score = Dense(1, use_bias=False, kernel_initializer=own(kernel_initializer))

    def call(self, x: Any, mask: Any = None) -> Any:
        x = keep(x, mask)
        weights = masked_softmax(self.score(self.hidden(x)), mask, axis=1)
        return ops.sum(weights * x, axis=1)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        return None
