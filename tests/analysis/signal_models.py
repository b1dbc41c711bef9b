"""Small models for the tests of the signal report."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from maskplay.analysis.initialization import SignalReport, signal_report


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def matrix(values: np.ndarray) -> Any:
    return lambda shape, dtype=None: ops.convert_to_tensor(values.astype("float32"))


def faulty(change: Any, activation: str = "relu", x: np.ndarray | None = None) -> SignalReport:
    """A report on four layers d0 to d3, one of which was changed. All models of the tests have these shapes."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((20,)),
            *[layers.Dense(32, activation, kernel_initializer="he_normal", name=f"d{i}") for i in range(4)],
            layers.Dense(5, name="out"),
        ]
    )
    change(model)
    return signal_report(model, noise(64, 20) if x is None else x)


def times(name: str, factor: float, bias: float = 0.0) -> Any:
    def change(model: keras.Model) -> None:
        layer = model.get_layer(name)
        layer.kernel.assign(ops.convert_to_numpy(layer.kernel) * factor)
        layer.bias.assign(ops.convert_to_numpy(layer.bias) + bias)

    return change
