"""Twenty healthy models."""

from functools import partial
from typing import Any

import keras
import numpy as np
from keras import layers

from maskplay.analysis.initialization import NormPreserving
from measures.diagnosis.builders import (
    FEATURES,
    SAMPLES,
    WIDTH,
    convolutions,
    ids,
    mlp,
    noise,
    subclassed,
)
from measures.diagnosis.case import Case


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
