"""A dense layer whose product is computed in the backend's fastest way."""

from typing import Any

import keras

from maskplay.layers._product import product


@keras.saving.register_keras_serializable("maskplay")
class Dense(keras.layers.Dense):
    """`keras.layers.Dense` with another product.

    >>> Dense(4)(keras.ops.ones((2, 5, 3))).shape
    (2, 5, 4)
    """

    def call(self, inputs: Any, training: Any = None) -> Any:
        x = product(inputs, self.kernel, self.bias)
        return x if self.activation is None else self.activation(x)
