"""Training layer by layer, without back-propagation: the HSIC bottleneck."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from maskplay.analysis.hsic.training._tensors import tensor_cka, tensor_gram


@keras.saving.register_keras_serializable(package="maskplay")
class BottleneckObjective(keras.layers.Layer):
    """Adds CKA(hidden, input) - beta · CKA(hidden, label) to the loss, and lets no gradient through.

    Args:
        beta: how much more the label counts than forgetting the input.
        **kwargs: as in `keras.layers.Layer`.
    """

    def __init__(self, beta: float = 10.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.beta = beta

    def call(self, inputs: Sequence[Any]) -> Any:
        """Take `[hidden, input, label]`, each `(batch, …)`; labels are class numbers."""
        hidden, given, label = inputs
        k = tensor_gram(hidden, "gaussian", None)
        forget = tensor_cka(k, tensor_gram(given, "gaussian", None))
        tell = tensor_cka(k, tensor_gram(label, "delta", None))
        self.add_loss(forget - self.beta * tell)
        return ops.stop_gradient(hidden)

    def compute_output_shape(self, input_shape: Sequence[Any]) -> Any:
        """That of the hidden values."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Everything that the constructor takes."""
        return {**super().get_config(), "beta": self.beta}


def hsic_bottleneck(
    layers: Sequence[keras.layers.Layer], input_shape: Sequence[int], *, beta: float = 10.0
) -> tuple[keras.Model, keras.Model]:
    """Make a model in which every layer learns by itself (Ma and others 2019, where Scientific Spaces 6910 starts).

    Each layer is to depend on the label and to forget the input; no gradient passes from one layer to another.

    Args:
        layers: one after the other.
        input_shape: of one sample.
        beta: as in `BottleneckObjective`.

    Returns:
        The model to be trained, on `[input, label]` without targets, and the one that gives the last layer's values for
        an input; they share the layers.

    >>> import numpy as np
    >>> trained, features = hsic_bottleneck([keras.layers.Dense(4, activation="tanh")], (3,))
    >>> trained.compile("adam")
    >>> x = np.random.default_rng(0).standard_normal((32, 3)).astype("float32")
    >>> history = trained.fit([x, (x[:, :1] > 0).astype("int32")], epochs=1, verbose=0)
    >>> features.output_shape
    (None, 4)
    """
    given = keras.Input(tuple(input_shape), name="given")
    label = keras.Input((1,), dtype="int32", name="label")
    taught = plain = given
    for layer in layers:
        taught = BottleneckObjective(beta)([layer(taught), given, label])
        plain = layer(plain)
    return keras.Model([given, label], taught), keras.Model(given, plain)
