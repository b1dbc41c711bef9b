"""Activations of Transformers, by name."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops


def _gelu(x: Any) -> Any:
    """The exact one. JAX would take the complement of the error function, and four times as long in a network."""
    if keras.backend.backend() != "jax":
        return keras.activations.gelu(x, approximate=False)
    return x * (0.5 * (1 + ops.erf(x * 0.5**0.5)))


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "gelu": _gelu,
    "gelu_tanh": lambda x: keras.activations.gelu(x, approximate=True),
    "relu": keras.activations.relu,
    "silu": keras.activations.silu,
    "tanh": keras.activations.tanh,
}


def activation(name: str) -> Callable[[Any], Any]:
    """Give an activation.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}. Received: {name!r}")
    return ACTIVATIONS[name]
