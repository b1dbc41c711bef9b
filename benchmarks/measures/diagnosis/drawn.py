"""Models of many kinds, broken or not, drawn by chance: nobody has set a threshold with them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import layers

from measures.diagnosis.case import Case

SAMPLES = 64
_INITS = {
    "relu": "he_normal",
    "gelu": "he_normal",
    "elu": "he_uniform",
    "tanh": "glorot_uniform",
    "selu": "lecun_normal",
}


@dataclass
class _Drawn:
    """A model, its batch, and the names of layers of each kind.

    Attributes:
        model: with named layers.
        batch: float or integer.
        free: layers with a kernel whose scale no normalization takes away.
        rectified: of these, the ones with relu.
    """

    model: keras.Model
    batch: np.ndarray
    free: list[str] = field(default_factory=list)
    rectified: list[str] = field(default_factory=list)

    def given(self) -> tuple[keras.Model, np.ndarray]:
        """Give the model and the batch."""
        return self.model, self.batch


def drawn_healthy(count: int = 20, seed: int = 1) -> list[Case]:
    """Models as people train them."""
    return [_case(np.random.default_rng([seed, number]), number, broken=False) for number in range(count)]


def drawn_broken(count: int = 50, seed: int = 2) -> list[Case]:
    """Models with one fault each."""
    return [_case(np.random.default_rng([seed, number]), number, broken=True) for number in range(count)]


def _case(rng: np.random.Generator, number: int, broken: bool) -> Case:
    keras.utils.set_random_seed(int(rng.integers(2**31)))
    if broken and number % 10 == 9:
        return _deep(rng, number)
    family = _FAMILIES[number % len(_FAMILIES)]
    name = f"{number}: {family.__name__[1:]}"
    made = family(rng)
    if not broken:
        return Case(name, made.given)
    found = None
    while found is None:
        found = _FAULTS[rng.integers(len(_FAULTS))](rng, made)
    done, at, causes = found
    return Case(f"{name}, {done}", made.given, at, causes)


# Families


def _perceptron(rng: np.random.Generator) -> _Drawn:
    features, depth = int(rng.integers(8, 60)), int(rng.integers(2, 9))
    activation = str(rng.choice(list(_INITS)))
    x = inputs = keras.Input((features,))
    names = []
    for i in range(depth):
        names.append(f"hidden{i}")
        x = layers.Dense(
            int(rng.choice([24, 48, 96, 160])),
            activation,
            kernel_initializer=_INITS[activation],
            name=names[-1],
        )(x)
    x = layers.Dropout(float(rng.choice([0.0, 0.1, 0.3])))(x)
    model = keras.Model(inputs, layers.Dense(int(rng.integers(1, 12)), name="head")(x))
    return _Drawn(model, _noise(rng, features), [*names, "head"], names if activation == "relu" else [])


def _pictures(rng: np.random.Generator) -> _Drawn:
    side, channels = int(rng.choice([12, 16, 20])), int(rng.choice([1, 3]))
    x = inputs = keras.Input((side, side, channels))
    names = []
    for i in range(int(rng.integers(2, 4))):
        names.append(f"conv{i}")
        x = layers.Conv2D(
            int(rng.choice([12, 24, 40])),
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=names[-1],
        )(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(48, "relu", kernel_initializer="he_normal", name="dense")(x)
    model = keras.Model(inputs, layers.Dense(7, "softmax", name="head")(x))
    return _Drawn(model, _noise(rng, side, side, channels), [*names, "dense"], [*names, "dense"])


def _normed(rng: np.random.Generator) -> _Drawn:
    """Residual blocks with batch normalization; only the first layer and the head are free."""
    width = int(rng.choice([16, 32]))
    inputs = keras.Input((24, 6))
    x = layers.Conv1D(width, 3, padding="same", name="stem")(inputs)
    for i in range(int(rng.integers(2, 6))):
        y = layers.Conv1D(width, 3, padding="same", use_bias=False, name=f"first{i}")(x)
        y = layers.ReLU()(layers.BatchNormalization(name=f"norm{i}")(y))
        y = layers.Conv1D(width, 3, padding="same", use_bias=False, name=f"second{i}")(y)
        x = layers.Add()([x, layers.BatchNormalization()(y)])
    model = keras.Model(inputs, layers.Dense(5, name="head")(layers.GlobalAveragePooling1D()(x)))
    return _Drawn(model, _noise(rng, 24, 6), ["head"])


def _attention(rng: np.random.Generator) -> _Drawn:
    width = int(rng.choice([24, 48]))
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(200, width, name="embedding")(inputs)
    for i in range(int(rng.integers(1, 4))):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(3, width // 3, name=f"attention{i}")(y, y)])
        y = layers.Dense(4 * width, "gelu", name=f"up{i}")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(width, name=f"down{i}")(y)])
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
    model = keras.Model(inputs, layers.Dense(4, "softmax", name="head")(x))
    return _Drawn(model, rng.integers(0, 200, (SAMPLES, 14)).astype("int32"))


def _sequence(rng: np.random.Generator) -> _Drawn:
    inputs = keras.Input((18, 9))
    cell = layers.GRU if rng.integers(2) else layers.LSTM
    x = layers.Dense(32, "relu", kernel_initializer="he_normal", name="before")(inputs)
    x = cell(int(rng.choice([24, 40])), name="recurrent")(x)
    x = layers.Dense(40, "relu", kernel_initializer="he_normal", name="after")(x)
    model = keras.Model(inputs, layers.Dense(1, name="head")(x))
    return _Drawn(model, _noise(rng, 18, 9), ["after", "head"], ["before", "after"])


_FAMILIES: tuple[Callable[[np.random.Generator], _Drawn], ...] = (
    _perceptron,
    _pictures,
    _normed,
    _attention,
    _sequence,
)


# Faults: what was done, the layers that may be named, the causes that may be said; None where it cannot be done.

_Fault = tuple[str, tuple[str, ...], tuple[str, ...]]


def _too_large(rng: np.random.Generator, made: _Drawn) -> _Fault | None:
    if not made.free:
        return None
    name, factor = str(rng.choice(made.free)), math.exp(rng.uniform(math.log(30), math.log(500)))
    _scale(made.model.get_layer(name), factor)
    return f"{name} times {factor:.0f}", (name,), ("weights too large", "saturated")


def _too_small(rng: np.random.Generator, made: _Drawn) -> _Fault | None:
    hidden = [name for name in made.free if name != "head"]  # a small head is a usual and a good beginning
    if not hidden:
        return None
    name, factor = str(rng.choice(hidden)), math.exp(rng.uniform(math.log(1e-6), math.log(1e-3)))
    _scale(made.model.get_layer(name), factor)
    return f"{name} times {factor:.1e}", (name,), ("weights too small",)


def _dead(rng: np.random.Generator, made: _Drawn) -> _Fault | None:
    if not made.rectified:
        return None
    name = str(rng.choice(made.rectified))
    layer = made.model.get_layer(name)
    layer.bias.assign(np.full(layer.bias.shape, -rng.uniform(30, 200), "float32"))
    return f"biases of {name} far below zero", (name,), ("dead units",)


def _not_a_number(rng: np.random.Generator, made: _Drawn) -> _Fault:
    name = str(rng.choice([layer.name for layer in made.model.layers if hasattr(layer, "kernel")]))
    kernel = np.asarray(made.model.get_layer(name).kernel).copy()
    kernel.flat[rng.integers(kernel.size)] = rng.choice([np.nan, np.inf])
    made.model.get_layer(name).kernel.assign(kernel)
    return f"a weight of {name} not finite", (name,), ("not finite",)


def _raw(rng: np.random.Generator, made: _Drawn) -> _Fault | None:
    if made.batch.dtype.kind != "f":
        return None
    if rng.integers(2):
        made.batch = (made.batch * rng.uniform(100, 10_000)).astype("float32")
        return "large inputs", ("inputs",), ("not normalised",)
    made.batch = (made.batch + rng.uniform(100, 1000)).astype("float32")
    return "inputs far from zero", ("inputs",), ("not normalised",)


def _constants(rng: np.random.Generator, made: _Drawn) -> _Fault:
    names = [layer.name for layer in made.model.layers if hasattr(layer, "kernel") and layer.name != "head"]
    if not names:
        names = ["embedding"]
    layer = made.model.get_layer(str(rng.choice(names)))
    weight = getattr(layer, "kernel", None)
    weight = layer.embeddings if weight is None else weight
    weight.assign(np.full(weight.shape, rng.choice([0.02, 0.1, 1.0]), "float32"))
    return f"{layer.name} of constants", (layer.name,), ("identical units",)


def _epsilon(rng: np.random.Generator, made: _Drawn) -> _Fault | None:
    norms = [
        layer
        for layer in made.model.layers
        if isinstance(layer, layers.BatchNormalization | layers.LayerNormalization)
    ]
    if not norms:
        return None
    norm = norms[rng.integers(len(norms))]
    norm.epsilon = float(rng.uniform(300, 3000))
    return f"epsilon of {norm.name} {norm.epsilon:.0f}", (norm.name,), ("epsilon",)


def _sharp(rng: np.random.Generator, made: _Drawn) -> _Fault | None:
    found = [layer for layer in made.model.layers if isinstance(layer, layers.MultiHeadAttention)]
    if not found:
        return None
    layer = found[rng.integers(len(found))]
    factor = rng.uniform(12, 40)
    for one in (layer.query_dense, layer.key_dense):
        one.kernel.assign(np.asarray(one.kernel) * factor)
    # The one or the other may be said: which of both weights are too large, or what comes of it.
    at = (layer.name, f"{layer.name}/query", f"{layer.name}/key")
    done = f"queries and keys of {layer.name} times {factor:.0f}"
    return done, at, ("saturated attention", "weights too large")


_FAULTS = (_too_large, _too_small, _dead, _not_a_number, _raw, _constants, _epsilon, _sharp)


def _deep(rng: np.random.Generator, number: int) -> Case:
    """A deep perceptron, each of whose layers is a little wrong."""
    activation, large = str(rng.choice(["relu", "linear"])), bool(rng.integers(2))
    gain = rng.uniform(1.6, 2.5) if large else rng.uniform(0.35, 0.6)
    depth, width = int(rng.integers(20, 40)), int(rng.choice([32, 64]))
    deviation = gain * math.sqrt((2 if activation == "relu" else 1) / width)
    x = inputs = keras.Input((width,))
    for i in range(depth):
        init = keras.initializers.RandomNormal(stddev=deviation)
        x = layers.Dense(width, activation, kernel_initializer=init, name=f"hidden{i}")(x)
    model = keras.Model(inputs, layers.Dense(3, name="head")(x))
    batch = _noise(rng, width)
    cause = "exploding depth" if large else "vanishing depth"
    names = tuple(f"hidden{i}" for i in range(depth))
    return Case(
        f"{number}: {depth} layers of {activation}, gain {gain:.1f}", lambda: (model, batch), names, (cause,)
    )


def _scale(layer: Any, factor: float) -> None:
    layer.kernel.assign(np.asarray(layer.kernel) * factor)


def _noise(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_normal((SAMPLES, *shape)).astype("float32")
