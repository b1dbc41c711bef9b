"""Small models of many kinds, and ways to break them."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from maskplay.analysis.initialization import NormPreserving

SAMPLES, FEATURES, WIDTH = 64, 20, 32


@keras.saving.register_keras_serializable(package="benchmarks")
class Of(layers.Layer):
    """Any function as a layer."""

    def __init__(self, function: Callable[[Any], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function = function

    def call(self, x: Any) -> Any:
        return self.function(x)


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((SAMPLES, *shape)).astype("float32")


def ids(length: int = 7, vocabulary: int = 50, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, vocabulary, (SAMPLES, length)).astype("int32")


def scaled(layer: Any, factor: float, bias: float = 0.0) -> None:
    """Multiply the kernel of a built layer, and set its bias."""
    layer.kernel.assign(ops.convert_to_tensor(layer.kernel) * factor)
    if bias:
        layer.bias.assign(np.full(layer.bias.shape, bias))


def mlp(
    activation: str = "relu",
    depth: int = 4,
    *,
    init: Any = "he_normal",
    outputs: int = 5,
    last: str = "linear",
    between: dict[int, Any] | None = None,
) -> keras.Model:
    """Layers d0, d1 … and out; `between` gives layers that come after some of them."""
    x = inputs = keras.Input((FEATURES,), name="x")
    for i in range(depth):
        # Each layer gets an initializer of its own: one of Keras draws the same weights again.
        made = init.clone() if isinstance(init, keras.initializers.Initializer) else init
        x = layers.Dense(WIDTH, activation, kernel_initializer=made, name=f"d{i}")(x)
        if between and i in between:
            x = between[i](x)
    return keras.Model(inputs, layers.Dense(outputs, last, name="out")(x))


def changed(change: Callable[[keras.Model], None], **details: Any) -> tuple[keras.Model, np.ndarray]:
    model = mlp(**details)
    change(model)
    return model, noise(FEATURES)


def one_layer(name: str, factor: float, bias: float = 0.0, **details: Any) -> tuple[keras.Model, np.ndarray]:
    return changed(lambda model: scaled(model.get_layer(name), factor, bias), **details)


def fed(make: Callable[[np.ndarray], np.ndarray], **details: Any) -> tuple[keras.Model, np.ndarray]:
    return mlp(**details), make(noise(FEATURES)).astype("float32")


def convolutions(
    *, norm: bool = False, change: tuple[str, float, float] | None = None, outputs: int = 5
) -> tuple[keras.Model, np.ndarray]:
    """Three convolutions over a sequence, c0 to c2."""
    x = inputs = keras.Input((12, 8))
    for i in range(3):
        x = layers.Conv1D(16, 3, padding="same", kernel_initializer="he_normal", name=f"c{i}")(x)
        if norm:
            x = layers.BatchNormalization(name=f"b{i}")(x)
        x = layers.ReLU(name=f"r{i}")(x)
    x = layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, layers.Dense(outputs, name="out")(x))
    if change:
        scaled(model.get_layer(change[0]), change[1], change[2])
    return model, noise(12, 8)


def stacked(make: Callable[[int], Any], depth: int, channels: int) -> tuple[keras.Model, np.ndarray]:
    """A stack of one kind of convolution, s0, s1 …, without normalization."""
    x = inputs = keras.Input((12, channels))
    for i in range(depth):
        x = make(i)(x)
    x = layers.GlobalMaxPooling1D()(x)
    return keras.Model(inputs, layers.Dense(5, name="out")(x)), noise(12, channels)


def attention(query_scale: float) -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((9, 16))
    init = keras.initializers.RandomNormal(stddev=query_scale / 4)
    x = layers.MultiHeadAttention(2, 8, kernel_initializer=init, name="attention")(inputs, inputs)
    x = layers.LayerNormalization()(layers.Add()([inputs, x]))
    return keras.Model(inputs, layers.Dense(5, name="out")(layers.GlobalAveragePooling1D()(x))), noise(9, 16)


def residual(scale: float, depth: int = 30) -> tuple[keras.Model, np.ndarray]:
    """x + f(x), again and again, with branches of that scale."""
    x = inputs = keras.Input((WIDTH,))
    for i in range(depth):
        branch = layers.Dense(WIDTH, kernel_initializer=NormPreserving(scale=scale), name=f"branch{i}")(x)
        x = layers.Add(name=f"add{i}")([x, branch])
    return keras.Model(inputs, layers.Dense(5, name="out")(x)), noise(WIDTH)


def with_embedding(init: Any) -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((7,), dtype="int32")
    x = layers.Embedding(50, 16, embeddings_initializer=init, name="embedding")(inputs)
    x = layers.Dense(WIDTH, "relu", name="d0")(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(5, name="out")(x)), ids()


def recurrent_explosion() -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((24, 8))
    init = keras.initializers.Orthogonal(gain=1.7)
    x = layers.SimpleRNN(16, activation="linear", recurrent_initializer=init, name="rnn")(inputs)
    return keras.Model(inputs, layers.Dense(5, name="out")(x)), noise(24, 8)


def nested() -> tuple[keras.Model, np.ndarray]:
    inner = keras.Sequential(
        [
            keras.Input((WIDTH,)),
            layers.Dense(WIDTH, "relu", name="deep"),
            layers.Dense(WIDTH, "relu", name="deeper"),
        ],
        name="inner",
    )
    scaled(inner.get_layer("deeper"), 1.0, -60.0)
    inputs = keras.Input((FEATURES,))
    x = inner(layers.Dense(WIDTH, "relu", name="d0")(inputs))
    return keras.Model(inputs, layers.Dense(5, name="out")(x)), noise(FEATURES)


class Subclassed(keras.Model):
    """A model that tells nothing of its graph."""

    def __init__(self, factor: float = 1.0, rate: float = 0.5) -> None:
        super().__init__()
        self.first = layers.Dense(WIDTH, kernel_initializer="he_normal", name="first")
        self.norm = layers.BatchNormalization(name="norm")
        init = keras.initializers.RandomNormal(stddev=factor * (2 / WIDTH) ** 0.5)
        self.block = keras.Sequential(
            [layers.Dense(WIDTH, "relu", kernel_initializer=init, name="middle"), layers.Dropout(rate)],
            name="block",
        )
        self.last = layers.Dense(5, name="last")

    def call(self, x: Any, training: bool | None = None) -> Any:
        x = ops.relu(self.norm(self.first(x), training=training))
        return self.last(x + self.block(x, training=training))


def subclassed(factor: float = 1.0) -> tuple[keras.Model, np.ndarray]:
    return Subclassed(factor), noise(FEATURES)


def two_inputs() -> tuple[keras.Model, list[np.ndarray]]:
    left, right = keras.Input((FEATURES,)), keras.Input((6,))
    x = layers.Concatenate()(
        [layers.Dense(WIDTH, "relu", name="a")(left), layers.Dense(WIDTH, "relu", name="b")(right)]
    )
    model = keras.Model([left, right], layers.Dense(5, name="out")(x))
    return model, [noise(FEATURES), 300 + 40 * noise(6)]


def images() -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(16, 3, activation="relu", name="c0")(inputs)
    x = layers.GlobalAveragePooling2D()(x)
    pixels = np.random.default_rng(0).integers(0, 256, (SAMPLES, 8, 8, 3)).astype("float32")
    return keras.Model(inputs, layers.Dense(5, "softmax", name="out")(x)), pixels


def rank_one(model: keras.Model) -> None:
    kernel = np.asarray(model.get_layer("d2").kernel)
    model.get_layer("d2").kernel.assign(
        np.outer(kernel[:, 0], np.sign(kernel[0]) + 0.1 * kernel[1]).astype("float32")
    )


def negative(model: keras.Model) -> None:
    model.get_layer("d2").kernel.assign(-ops.abs(ops.convert_to_tensor(model.get_layer("d2").kernel)))


def filled(*names: str, value: float) -> Callable[[keras.Model], None]:
    def fill(model: keras.Model) -> None:
        for name in names:
            kernel = model.get_layer(name).kernel
            kernel.assign(np.full(kernel.shape, value))

    return fill


def with_nan(model: keras.Model) -> None:
    kernel = np.asarray(model.get_layer("d1").kernel).copy()
    kernel[3, 4] = np.nan
    model.get_layer("d1").kernel.assign(kernel)


def holed(x: np.ndarray) -> np.ndarray:
    x[5, 3] = np.nan
    return x


def one_column(x: np.ndarray) -> np.ndarray:
    x[:, 7] *= 1e5
    return x
