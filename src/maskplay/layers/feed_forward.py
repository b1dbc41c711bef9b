"""What a Transformer does at each position by itself."""

from typing import Any

import keras

from maskplay.layers._activation import activation as activation_named
from maskplay.layers._dense import Dense
from maskplay.layers._own import own
from maskplay.layers.composite import Composite


@keras.saving.register_keras_serializable("maskplay")
class FeedForward(Composite):
    """Two dense layers with an activation between them, at each position (Vaswani et al. 2017).

    Args:
        hidden: Channels between the two.
        units: Channels of the output.
        activation: "gelu" (exact), "gelu_tanh" (its approximation by a tanh), "relu", "silu" or "tanh".
        kernel_initializer: Of both.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        x: `(batch, length, dim)`.
        mask: Boolean `(batch, length)`; passed on.

    Returns:
        `(batch, length, units)`.

    >>> FeedForward(11, 3)(keras.ops.ones((2, 5, 3))).shape
    (2, 5, 3)
    """

    def __init__(
        self,
        hidden: int,
        units: int,
        activation: str = "gelu",
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._activate = activation_named(activation)
        self.inner = Dense(hidden, kernel_initializer=own(kernel_initializer))
        self.outer = Dense(units, kernel_initializer=own(kernel_initializer))

    def call(self, x: Any, mask: Any = None) -> Any:
        return self.outer(self._activate(self.inner(x)))
