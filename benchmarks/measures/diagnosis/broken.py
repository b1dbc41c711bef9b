"""Fifty models, each broken in one way."""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

from measures.diagnosis.builders import (
    FEATURES,
    WIDTH,
    Of,
    attention,
    changed,
    convolutions,
    fed,
    filled,
    holed,
    images,
    mlp,
    negative,
    nested,
    noise,
    one_column,
    one_layer,
    rank_one,
    recurrent_explosion,
    residual,
    scaled,
    stacked,
    subclassed,
    two_inputs,
    with_embedding,
    with_nan,
)
from measures.diagnosis.case import Case

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
