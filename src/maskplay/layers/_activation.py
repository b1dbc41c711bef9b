"""Activations of Transformers, by name."""

from collections.abc import Callable
from typing import Any

import keras


def _gelu(x: Any) -> Any:
    """The exact one."""
    if keras.backend.backend() != "jax":
        return keras.activations.gelu(x, approximate=False)
    from maskplay.layers._gelu import gelu

    return gelu(x)


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
