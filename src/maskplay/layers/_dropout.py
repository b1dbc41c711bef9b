"""Dropout whose tosses cost little."""

from typing import Any

import keras

from maskplay._on_cpu import on_cpu


@keras.saving.register_keras_serializable("maskplay")
class Dropout(keras.layers.Dropout):
    """`keras.layers.Dropout`; on a CPU, JAX has other tosses, see `bernoulli`.

    >>> Dropout(0.5)(keras.ops.ones((2, 5)), training=True).shape
    (2, 5)
    """

    def call(self, inputs: Any, training: Any = False) -> Any:
        if not (training and 0 < self.rate < 1 and self.noise_shape is None and on_cpu()):
            return super().call(inputs, training=training)
        from maskplay.layers._bernoulli import bernoulli

        keep = bernoulli(self.seed_generator.next(), 1 - self.rate, inputs.shape)
        return keras.ops.where(keep, inputs / (1 - self.rate), keras.ops.zeros((), inputs.dtype))
