"""Small models that are broken on purpose, each in one way, and healthy ones: what a diagnosis is measured on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from maskplay.analysis.initialization import NormPreserving

SAMPLES, FEATURES, WIDTH = 64, 20, 32


@dataclass(frozen=True)
class Case:
    """A model, a batch, and what a diagnosis must say: one of the layers first, for one of the causes.

    Attributes:
        name: what was done to it.
        build: gives the model and the batch.
        layers: any of which may be named first; none where the model is healthy.
        causes: any of which may be said of it.
    """

    name: str
    build: Callable[[], tuple[keras.Model, Any]]
    layers: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


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


_DEEP = tuple(f"d{i}" for i in range(60))
_STACK = tuple(f"s{i}" for i in range(12))
_SAME = partial(keras.initializers.HeNormal, seed=3)


def _normed(factor: float) -> tuple[keras.Model, np.ndarray]:
    model, x = convolutions(norm=True)
    scaled(model.get_layer("c1"), factor)
    return model, x


def broken() -> list[Case]:
    """Fifty."""
    normal = keras.initializers.RandomNormal
    wide = (2 / WIDTH) ** 0.5
    too_large, too_small = ("weights too large",), ("weights too small",)
    dead, saturated, nan = ("dead units",), ("saturated",), ("not finite",)
    raw = ("not normalised",)

    def depthwise(i: int) -> layers.Layer:
        return layers.DepthwiseConv1D(3, padding="same", activation="relu", name=f"s{i}")

    def separable(i: int) -> layers.Layer:
        return layers.SeparableConv1D(128, 3, padding="same", activation="relu", name=f"s{i}")

    def grouped(i: int) -> layers.Layer:
        return layers.Conv1D(64, 3, groups=32, padding="same", activation="relu", name=f"s{i}")

    return [
        Case("relu, one layer times 30", lambda: one_layer("d2", 30), ("d2",), too_large),
        Case("gelu, one layer times 20", lambda: one_layer("d1", 20, activation="gelu"), ("d1",), too_large),
        Case("first layer times 40", lambda: one_layer("d0", 40), ("d0",), too_large),
        Case("last layer times 60", lambda: one_layer("out", 60), ("out",), too_large),
        Case("one convolution times 30", lambda: convolutions(change=("c1", 30, 0)), ("c1",), too_large),
        Case("subclassed, one layer times 30", lambda: subclassed(30), ("block/middle",), too_large),
        Case(
            "embedding of size 100", lambda: with_embedding(normal(stddev=100.0)), ("embedding",), too_large
        ),
        Case("recurrence that explodes", recurrent_explosion, ("rnn",), (*too_large, "exploding depth")),
        Case(
            "relu, every layer times 2",
            lambda: (mlp(depth=30, init=normal(stddev=2 * wide)), noise(FEATURES)),
            _DEEP,
            ("exploding depth",),
        ),
        Case(
            "linear, every layer times 1.5",
            lambda: (mlp("linear", 30, init=normal(stddev=1.5 * WIDTH**-0.5)), noise(FEATURES)),
            _DEEP,
            ("exploding depth",),
        ),
        Case(
            "residual branches that double",
            lambda: residual(1.7),
            tuple(f"branch{i}" for i in range(30)),
            ("exploding depth",),
        ),
        Case(
            "relu, every layer times 0.5",
            lambda: (mlp(depth=30, init=normal(stddev=0.5 * wide)), noise(FEATURES)),
            _DEEP,
            ("vanishing depth",),
        ),
        Case(
            "relu, 40 layers of Keras' default",
            lambda: (mlp(depth=40, init="glorot_uniform"), noise(FEATURES)),
            _DEEP,
            ("vanishing depth",),
        ),
        Case(
            "tanh, every layer times 0.3",
            lambda: (mlp("tanh", 20, init=normal(stddev=0.3 * WIDTH**-0.5)), noise(FEATURES)),
            _DEEP,
            ("vanishing depth",),
        ),
        Case("one layer times 0.0001", lambda: one_layer("d2", 1e-4), ("d2",), too_small),
        Case(
            "one convolution times 0.0001", lambda: convolutions(change=("c1", 1e-4, 0)), ("c1",), too_small
        ),
        Case("tiny weights before a normalization", lambda: _normed(1e-4), ("c1",), too_small),
        Case(
            "sigmoid, 12 layers",
            lambda: (mlp("sigmoid", 12, init="glorot_uniform"), noise(FEATURES)),
            _DEEP,
            ("vanishing gradient",),
        ),
        Case(
            "tanh, 40 layers times 3",
            lambda: (mlp("tanh", 40, init=normal(stddev=3 * WIDTH**-0.5)), noise(FEATURES)),
            _DEEP,
            ("exploding gradient",),
        ),
        Case("biases of -50", lambda: one_layer("d1", 1, -50), ("d1",), dead),
        Case(
            "biases of -50, relu of its own", lambda: convolutions(change=("c1", 1, -50)), ("c1", "r1"), dead
        ),
        Case("biases of -60 inside of a nested model", nested, ("inner/deeper",), dead),
        Case("weights all negative behind relu", lambda: changed(negative), ("d2",), dead),
        Case("pixels from 0 to 255", images, ("inputs",), raw),
        Case(
            "inputs times 10,000, tanh",
            lambda: fed(lambda x: x * 1e4, activation="tanh", init="glorot_uniform"),
            ("inputs",),
            raw,
        ),
        Case("inputs times 0.0001", lambda: fed(lambda x: x * 1e-4), ("inputs",), raw),
        Case("inputs about 1,000", lambda: fed(lambda x: x + 1000), ("inputs",), raw),
        Case("one column times 100,000", lambda: fed(one_column), ("inputs",), raw),
        Case("one of two inputs as it came", two_inputs, ("inputs",), raw),
        Case(
            "tanh, one layer times 30",
            lambda: one_layer("d1", 30, activation="tanh", init="glorot_uniform"),
            ("d1",),
            saturated,
        ),
        Case(
            "tanh, biases of 30",
            lambda: one_layer("d1", 1, 30, activation="tanh", init="glorot_uniform"),
            ("d1",),
            saturated,
        ),
        Case(
            "sigmoid, one layer times 60",
            lambda: one_layer("d1", 60, activation="sigmoid", init="glorot_uniform"),
            ("d1",),
            saturated,
        ),
        Case(
            "softmax, last layer times 200",
            lambda: one_layer("out", 200, last="softmax"),
            ("out",),
            (*saturated, *too_large),
        ),
        Case(
            "sigmoid output, last layer times 200",
            lambda: one_layer("out", 200, last="sigmoid", outputs=1),
            ("out",),
            (*saturated, *too_large),
        ),
        Case("attention of huge scores", lambda: attention(6.0), ("attention",), ("saturated attention",)),
        Case("depthwise, Keras' default", lambda: stacked(depthwise, 6, 128), _STACK, ("wrong fan",)),
        Case("separable, Keras' default", lambda: stacked(separable, 5, 128), _STACK, ("wrong fan",)),
        Case("grouped, Keras' default", lambda: stacked(grouped, 8, 64), _STACK, ("wrong fan",)),
        Case(
            "two layers of zeros",
            lambda: changed(filled("d1", "d2", value=0)),
            ("d1", "d2"),
            ("zero weights",),
        ),
        Case(
            "nothing but zeros",
            lambda: changed(filled("d0", "d1", "d2", "d3", "out", value=0)),
            ("d0",),
            ("zero weights",),
        ),
        Case(
            "one layer of constants", lambda: changed(filled("d1", value=0.1)), ("d1",), ("identical units",)
        ),
        Case(
            "an embedding of constants", lambda: with_embedding("ones"), ("embedding",), ("identical units",)
        ),
        Case(
            "one initializer with a seed for all",
            lambda: (mlp(init=_SAME()), noise(FEATURES)),
            ("d1",),
            ("copied weights",),
        ),
        Case("a weight that is NaN", lambda: changed(with_nan), ("d1",), nan),
        Case(
            "a logarithm of negative numbers",
            lambda: (mlp(between={1: Of(lambda x: ops.log(x - 0.5), name="log")}), noise(FEATURES)),
            ("log",),
            nan,
        ),
        Case("a batch with a hole", lambda: fed(holed), ("inputs",), nan),
        Case(
            "dropout of 99 %",
            lambda: (mlp(between={1: layers.Dropout(0.99, name="dropout")}), noise(FEATURES)),
            ("dropout",),
            ("dropout",),
        ),
        Case(
            "an epsilon of 1,000",
            lambda: (mlp(between={1: layers.BatchNormalization(epsilon=1e3, name="norm")}), noise(FEATURES)),
            ("norm",),
            ("epsilon",),
        ),
        Case("a matrix of rank one", lambda: changed(rank_one), ("d2",), ("collapse",)),
        Case(
            "gradients stopped on the way",
            lambda: (mlp(between={1: Of(ops.stop_gradient, name="stop")}), noise(FEATURES)),
            ("d0", "d1"),
            ("no gradient",),
        ),
    ]


def healthy() -> list[Case]:
    """Twenty, as people train them."""
    return [
        Case("relu, He", lambda: (mlp(last="softmax"), noise(FEATURES))),
        Case("tanh, Glorot", lambda: (mlp("tanh", init="glorot_uniform"), noise(FEATURES))),
        Case("selu, LeCun, 12 layers", lambda: (mlp("selu", 12, init="lecun_normal"), noise(FEATURES))),
        Case("gelu, Keras' default", lambda: (mlp("gelu", init="glorot_uniform"), noise(FEATURES))),
        Case(
            "two sigmoids",
            lambda: (mlp("sigmoid", 2, init="glorot_uniform", last="sigmoid", outputs=1), noise(FEATURES)),
        ),
        Case(
            "sixty layers, NormPreserving",
            lambda: (mlp(depth=60, init=NormPreserving("relu")), noise(FEATURES)),
        ),
        Case("convolutions", convolutions),
        Case("convolutions with normalization", lambda: convolutions(norm=True)),
        Case("residual, last normalization of zeros", _resnet),
        Case("depthwise with normalization", _mobile),
        Case("up and down, transposed", _unet),
        Case("gated convolutions", _gated),
        Case("a Transformer, norm first", lambda: _transformer(first=True)),
        Case("a Transformer, norm last, weights of 0.02, padding", lambda: _transformer(first=False)),
        Case("an LSTM over an embedding", lambda: _recurrent(layers.LSTM(16))),
        Case("two directions", lambda: _recurrent(layers.Bidirectional(layers.GRU(16)))),
        Case("an encoder to two numbers and back", _autoencoder),
        Case("one encoder for two inputs", _siamese),
        Case("subclassed, with dropout", subclassed),
        Case("a classifier that has learned, pixels rescaled", _learned),
    ]


def _resnet() -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((12, 8))
    x = layers.Conv1D(16, 3, padding="same")(inputs)
    for i in range(3):
        y = layers.ReLU()(layers.BatchNormalization()(layers.Conv1D(16, 3, padding="same", name=f"a{i}")(x)))
        y = layers.BatchNormalization(gamma_initializer="zeros")(
            layers.Conv1D(16, 3, padding="same", name=f"b{i}")(y)
        )
        x = layers.ReLU()(layers.Add()([x, y]))
    return keras.Model(inputs, layers.Dense(5, "softmax")(layers.GlobalAveragePooling1D()(x))), noise(12, 8)


def _mobile() -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((12, 8))
    x = layers.Conv1D(64, 1)(inputs)
    for i in range(4):
        x = layers.ReLU()(
            layers.BatchNormalization()(layers.DepthwiseConv1D(3, padding="same", name=f"w{i}")(x))
        )
        x = layers.ReLU()(layers.BatchNormalization()(layers.Conv1D(64, 1, name=f"p{i}")(x)))
    return keras.Model(inputs, layers.Dense(5)(layers.GlobalAveragePooling1D()(x))), noise(12, 8)


def _unet() -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((12, 8))
    a = layers.Conv1D(16, 3, padding="same", activation="relu")(inputs)
    b = layers.Conv1D(32, 3, padding="same", strides=2, activation="relu")(a)
    c = layers.Conv1D(32, 3, padding="same", strides=2, activation="relu")(b)
    d = layers.Concatenate()(
        [layers.Conv1DTranspose(32, 4, strides=2, padding="same", activation="relu")(c), b]
    )
    e = layers.Concatenate()(
        [layers.Conv1DTranspose(16, 4, strides=2, padding="same", activation="relu")(d), a]
    )
    return keras.Model(inputs, layers.Conv1D(1, 1)(e)), noise(12, 8)


def _gated() -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((12, 8))
    x = layers.Conv1D(16, 1)(inputs)
    for rate in (1, 2, 4):
        y = layers.Conv1D(16, 3, padding="causal", dilation_rate=rate, activation="tanh")(x)
        g = layers.Conv1D(16, 3, padding="causal", dilation_rate=rate, activation="sigmoid")(x)
        x = layers.Add()([x, layers.Conv1D(16, 1)(layers.Multiply()([y, g]))])
    return keras.Model(inputs, layers.Dense(50, "softmax")(x)), noise(12, 8)


def _transformer(first: bool) -> tuple[keras.Model, np.ndarray]:
    def init() -> Any:
        return (
            keras.initializers.GlorotUniform() if first else keras.initializers.TruncatedNormal(stddev=0.02)
        )

    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(50, 16, embeddings_initializer=init(), mask_zero=not first)(inputs)
    norm = partial(layers.LayerNormalization, epsilon=1e-6)
    x = x if first else norm()(x)
    for _ in range(2):
        y = norm()(x) if first else x
        x = layers.Add()([x, layers.MultiHeadAttention(2, 8, dropout=0.1, kernel_initializer=init())(y, y)])
        x = x if first else norm()(x)
        y = norm()(x) if first else x
        y = layers.Dense(64, "gelu", kernel_initializer=init())(y)
        x = layers.Add()([x, layers.Dense(16, kernel_initializer=init())(y)])
        x = x if first else norm()(x)
    tokens = ids()
    if not first:
        tokens[:, 5:] = 0
    return keras.Model(
        inputs, layers.Dense(50, "softmax", kernel_initializer=init())(norm()(x) if first else x)
    ), tokens


def _recurrent(layer: Any) -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((None,), dtype="int32")
    x = layer(layers.Embedding(50, 16, mask_zero=True)(inputs))
    return keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.Dropout(0.5)(x))), ids()


def _autoencoder() -> tuple[keras.Model, np.ndarray]:
    x = inputs = keras.Input((FEATURES,))
    for units in (WIDTH, 8, 2, 8, WIDTH):
        x = layers.Dense(units, "relu" if units > 2 else None)(x)
    return keras.Model(inputs, layers.Dense(FEATURES)(x)), noise(FEATURES)


def _siamese() -> tuple[keras.Model, list[np.ndarray]]:
    encoder = keras.Sequential(
        [keras.Input((FEATURES,)), layers.Dense(WIDTH, "relu"), layers.Dense(8)], name="encoder"
    )
    left, right = keras.Input((FEATURES,)), keras.Input((FEATURES,))
    distance = layers.Subtract()([encoder(left), encoder(right)])
    model = keras.Model([left, right], layers.Dense(1, "sigmoid")(distance))
    return model, [noise(FEATURES), noise(FEATURES, seed=1)]


def _learned() -> tuple[keras.Model, np.ndarray]:
    """It tells dark pictures from bright ones, and is sure of it."""
    pixels = np.random.default_rng(0).integers(0, 120, (SAMPLES, 6, 6)).astype("float32")
    bright = np.arange(SAMPLES) % 2
    pixels[bright == 1] += 130
    model = keras.Sequential(
        [
            keras.Input((6, 6)),
            layers.Rescaling(1 / 127.5, offset=-1),
            layers.Flatten(),
            layers.Dense(WIDTH, "relu"),
            layers.Dense(2, "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(pixels, bright, batch_size=SAMPLES, epochs=150, verbose=0)
    return model, pixels
