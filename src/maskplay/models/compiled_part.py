"""A part of a network as a program, for those who only ask it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import keras
from keras import ops, tree

from maskplay.models.compiled import compiled


class ResidentPart:
    """A Keras model of dictionaries as one program of the backend; what it gives stays where it was computed.

    `predict_on_batch` of Keras gives arrays of NumPy: what one part gives and the next one takes, it copies twice.

    Args:
        model: from a dictionary of inputs.

    Attributes:
        model: the same.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self._run = compiled(model, partial(model, training=False))

    def predict_on_batch(self, x: Mapping[str, Any]) -> Any:
        """Compute the outputs for a dictionary of arrays, as tensors of the backend."""
        return self._run(dict(x))


class CompiledPart(ResidentPart):
    """The same, and what it gives are arrays of NumPy."""

    def predict_on_batch(self, x: Mapping[str, Any]) -> Any:
        """Compute the outputs for a dictionary of arrays."""
        return tree.map_structure(ops.convert_to_numpy, super().predict_on_batch(x))
