"""Dropout and noise, switched off for a while."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

_ALONE = threading.RLock()  # attributes of layers are changed meanwhile
_BY_NAME: dict[str, tuple[type, ...]] = {
    "rate": (
        keras.layers.Dropout,
        keras.layers.SpatialDropout1D,
        keras.layers.SpatialDropout2D,
        keras.layers.SpatialDropout3D,
        keras.layers.AlphaDropout,
        keras.layers.GaussianDropout,
    ),
    "stddev": (keras.layers.GaussianNoise,),
    "dropout": (keras.layers.GRUCell, keras.layers.LSTMCell, keras.layers.SimpleRNNCell),
    "recurrent_dropout": (keras.layers.GRUCell, keras.layers.LSTMCell, keras.layers.SimpleRNNCell),
}


@contextmanager
def no_dropout(model: keras.Model) -> Iterator[None]:
    """While it is open, Keras's layers of dropout and noise, and those made of them, let everything through.

    What is compiled meanwhile stays so; what was compiled before is not changed.
    """
    with _ALONE:
        found = list(_rates(model))
        try:
            for layer, name, _ in found:
                setattr(layer, name, 0.0)
            yield
        finally:
            for layer, name, rate in found:
                setattr(layer, name, rate)


def _rates(model: Any) -> Iterator[tuple[Any, str, float]]:
    for layer in model._flatten_layers():
        for name, kinds in _BY_NAME.items():
            if isinstance(layer, kinds):
                yield layer, name, getattr(layer, name)
