"""Products with Hessians of networks in use against central differences of their gradients."""

import keras
import numpy as np
import pytest
from keras import layers

from maskplay.analysis.smoothness import LossSurface, smoothness
from maskplay.models import TransformerConfig

RNG = np.random.default_rng(0)
IDS = np.array([[1, 2, 3, 4, 0, 0], [5, 6, 7, 8, 9, 2], [3, 1, 0, 0, 0, 0], [4, 4, 2, 0, 0, 0]])


def residual() -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((6, 6, 2))
    x = layers.Conv2D(3, 3, padding="same")(inputs)
    y = layers.BatchNormalization()(layers.Conv2D(3, 3, padding="same", activation="tanh")(x))
    outputs = layers.Dense(1)(layers.GlobalAveragePooling2D()(layers.Add()([x, y])))
    return keras.Model(inputs, outputs), RNG.standard_normal((4, 6, 6, 2)).astype("float32")


def attention() -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((6,), dtype="int32")
    x = layers.Embedding(10, 4, mask_zero=True)(inputs)
    x = layers.GlobalAveragePooling1D()(layers.MultiHeadAttention(2, 3)(x, x))
    return keras.Model(inputs, layers.Dense(1)(x)), IDS


def recurrent() -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((6,), dtype="int32")
    x = layers.GRU(3)(layers.Embedding(10, 4, mask_zero=True)(inputs))
    return keras.Model(inputs, layers.Dense(1)(x)), IDS


def transformer(length: int = 6) -> tuple[keras.Model, dict[str, np.ndarray]]:
    config = TransformerConfig(
        vocabulary_size=10, width=4, depth=1, heads=2, hidden=5, max_positions=length, initial_deviation=0.3
    )
    network = config.build()
    tokens = np.zeros((4, length), "int32")
    tokens[:, :6] = IDS
    model = keras.Model(network.inputs, layers.Dense(1)(network.output[:, 0]))
    return model, {"tokens": tokens, "segments": np.zeros_like(tokens)}


def long_transformer() -> tuple[keras.Model, dict[str, np.ndarray]]:
    """So long that attention goes some heads at a time, and computes scores again on the way back."""
    return transformer(128)


SLOW = [pytest.param(make, marks=pytest.mark.slow) for make in (transformer, long_transformer)]


@pytest.mark.parametrize("make", [residual, attention, recurrent, *SLOW])
def test_products_are_differences_of_gradients(make) -> None:
    keras.utils.set_random_seed(0)
    model, x = make()
    data = (x, RNG.standard_normal((4, 1)).astype("float32"))
    surface = LossSurface(model, "mse", data)
    v = RNG.standard_normal(surface.size).astype("float32")
    step = np.float32(1e-2 / np.linalg.norm(v))
    ends = [surface.gradient(surface.origin + sign * step * v)[1] for sign in (1, -1)]
    differences = (ends[0] - ends[1]) / (2 * step)
    found = surface.curvature()(v)
    assert np.linalg.norm(found) > 0
    np.testing.assert_allclose(found, differences, atol=2e-2 * np.abs(found).max())
    whole = smoothness(model, "mse", data, layers=False, directions=0, trace_samples=0, trial_steps=0)
    assert 0 < whole.lipschitz.low <= whole.lipschitz.high
