"""Whether stacks of layers train: one compiled model for each shape, with the weights of every initializer put in."""

from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.analysis.initialization import NormPreserving
from measures.depth import Layers

SAMPLES, BATCHES = 64, 4
RATES = (3e-4, 3e-3, 3e-5)
TRAINED = 0.5


class Stack(keras.layers.Layer):
    """So many square layers, as one loop: it compiles as fast for 1,000 as for 10."""

    def __init__(self, layers: Layers) -> None:
        super().__init__()
        self.layers = layers
        self.activation = keras.activations.get(layers.activation)

    def build(self, input_shape: Any) -> None:
        width = input_shape[-1]
        shape = (self.layers.depth, width, width)
        self.kernel = self.add_weight(shape=shape, initializer="zeros", name="kernel")
        self.bias = self.add_weight(shape=shape[:2], initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:
        def step(z: Any, weights: Any) -> Any:
            kernel, bias = weights
            read = z
            if self.layers.normalized:
                mean = ops.mean(read, axis=-1, keepdims=True)
                read = (read - mean) / ops.sqrt(ops.var(read, axis=-1, keepdims=True) + 1e-6)
            given = ops.matmul(self.activation(read), kernel) + bias
            return (z + given if self.layers.around else given), 0.0

        return ops.scan(step, x, (self.kernel.value, self.bias.value))[0]


def drawn(layers: Layers, width: int) -> np.ndarray:
    """Kernels `(depth, width, width)`, by the package's initializers; Keras' seed is taken."""
    one = NormPreserving(
        layers.activation if layers.initializer.endswith("norm preserving") else "linear",
        distribution="orthogonal" if layers.initializer.startswith("orthogonal") else "normal",
        scale=layers.branch,
    )
    return np.stack([ops.convert_to_numpy(one((width, width))) for _ in range(layers.depth)])


def task() -> tuple[np.ndarray, np.ndarray]:
    """Eight smooth functions of sixteen numbers; their variance is 1."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((BATCHES * SAMPLES, 16)).astype("float32")
    y = np.sin(x @ rng.standard_normal((16, 8)) / 2) + 0.5 * x[:, :8]
    return x, ((y - y.mean(0)) / y.std(0)).astype("float32")


class Trainer:
    """A model of one shape.

    Args:
        layers: their initializer does not matter.
        width: units of each.
    """

    def __init__(self, layers: Layers, width: int) -> None:
        self._width = width
        self._stack = Stack(layers)
        self._ends = [keras.layers.Dense(size, kernel_initializer=NormPreserving()) for size in (width, 8)]
        self._model = keras.Sequential([keras.Input((16,)), self._ends[0], self._stack, self._ends[1]])
        self._optimizer = keras.optimizers.Adam(RATES[0], clipnorm=1.0)
        self._model.compile(self._optimizer, "mse")

    def steps(self, layers: Layers, most: int, seed: int) -> int | None:
        """Steps of Adam until an epoch's loss is below half of what the mean alone gives; None: not within so many.

        The learning rates are tried in turn until one trains.
        """
        keras.utils.set_random_seed(seed)
        for end in self._ends:
            end.kernel.assign(NormPreserving()(end.kernel.shape))
            end.bias.assign(np.zeros(end.bias.shape))
        self._stack.kernel.assign(drawn(layers, self._width))
        self._stack.bias.assign(np.zeros(self._stack.bias.shape))
        first = self._model.get_weights()
        x, y = task()
        for rate in RATES:
            self._model.set_weights(first)
            for variable in self._optimizer.variables:
                variable.assign(np.zeros(variable.shape))
            self._optimizer.learning_rate = rate
            stop = _Below()
            self._model.fit(
                x, y, batch_size=SAMPLES, epochs=most // BATCHES, verbose=0, shuffle=False, callbacks=[stop]
            )
            if stop.epoch is not None:
                return BATCHES * stop.epoch
        return None


class _Below(keras.callbacks.Callback):
    """Ends training where it is good enough, or hopeless."""

    epoch: int | None = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if not np.isfinite(logs["loss"]):
            self.model.stop_training = True
        elif logs["loss"] < TRAINED:
            self.epoch, self.model.stop_training = epoch + 1, True
