"""Multiplicative uniform noise, in training only."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("maskplay")
class UniformNoise(keras.layers.Layer):
    """Multiplies by 1 + u in training, u uniform in [-amount, amount] (Scientific Spaces 5409); else does
    nothing.

    Args:
        amount: Largest relative change, between 0 and 1.
        seed: Of the noise.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        inputs: Floats of any shape.
        training: Whether to disturb.

    Returns:
        The shape and type of `inputs`; a mask passes through.

    >>> noise = UniformNoise(0.1, seed=7)
    >>> x = keras.ops.ones((1000,))
    >>> y = noise(x, training=True)
    >>> bool(keras.ops.all(y >= 0.9)), bool(keras.ops.all(y <= 1.1)), bool(keras.ops.any(y != x))
    (True, True, True)
    """

    def __init__(self, amount: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= amount <= 1:
            raise ValueError(f"amount must be between 0 and 1. Received: amount={amount}")
        self.amount = amount
        self.seed = seed
        # As Keras' own Dropout: no generator, and so no state, where nothing is random.
        if amount > 0:
            self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any, training: bool | None = False) -> Any:
        if not training or self.amount == 0:
            return inputs
        noise = keras.random.uniform(
            ops.shape(inputs),
            1 - self.amount,
            1 + self.amount,
            dtype=self.compute_dtype,
            seed=self.seed_generator,
        )
        return inputs * noise

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"amount": self.amount, "seed": self.seed}
