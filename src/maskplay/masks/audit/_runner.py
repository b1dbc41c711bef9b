"""A model as a function from arrays to arrays."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from maskplay.masks.audit._leaves import Leaves


class Runner:
    """Calls a model the way that `predict` does, compiled where the backend compiles; counts the calls.

    Args:
        model: A Keras model; or any function (a Keras layer, say) from inputs to outputs.
        leaves: The inputs that tell how arrays are packed.
    """

    def __init__(self, model: Any, leaves: Leaves) -> None:
        if not callable(model):
            raise TypeError(
                f"model must be a Keras model, or a function from inputs to outputs. Received: {model!r}"
            )
        self.model, self.leaves, self.calls = model, leaves, 0
        if isinstance(model, keras.Model) and not all(layer.built for layer in model._flatten_layers()):
            eager(model, leaves, leaves.arrays)

    def __call__(self, arrays: Sequence[np.ndarray]) -> Leaves:
        """Compute the outputs."""
        self.calls += 1
        if not isinstance(self.model, keras.Model):
            return Leaves.of_outputs(self.model, eager(self.model, self.leaves, arrays))
        with _explained(arrays), quiet():
            return Leaves.of_outputs(
                self.model, self.model.predict_on_batch(self.leaves.pack([x.copy() for x in arrays]))
            )

    def settled(self, arrays: Sequence[np.ndarray]) -> Leaves:
        """Compute the outputs twice; they must be the same.

        Raises:
            ValueError: They are not, or there are none.
        """
        first, second = self(arrays), self(arrays)
        if not first.arrays:
            raise ValueError("The model gives no outputs.")
        for name, one, other in zip(first.names, first.arrays, second.arrays, strict=True):
            # Rounding may differ where threads share sums; a random layer differs by far more.
            if one.shape != other.shape or not np.allclose(one, other, rtol=1e-3, atol=1e-5, equal_nan=True):
                raise ValueError(
                    f"The model must give the same outputs for the same inputs. Received: two calls differ in "
                    f"output {name!r}. Switch off random layers (is dropout called with training=True?) and "
                    "state that lasts from call to call."
                )
        return first


def eager(model: Any, leaves: Leaves, arrays: Sequence[Any]) -> Any:
    """Call the model directly; the outputs keep the masks that Keras attaches to them."""
    tensors = leaves.pack([keras.ops.convert_to_tensor(x) for x in arrays])
    with _explained(arrays), quiet():
        if isinstance(model, keras.layers.Layer) and "training" in model.call_signature_parameters:
            return model(tensors, training=False)
        return model(tensors)


@contextmanager
def quiet() -> Iterator[None]:
    """Without Keras' warnings of lost masks, for those are what is looked for here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="keras")
        warnings.filterwarnings("ignore", message=".*mask")
        yield


@contextmanager
def _explained(arrays: Sequence[Any]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        error.add_note(f"(maskplay called the model on inputs of shapes {[tuple(x.shape) for x in arrays]})")
        raise
