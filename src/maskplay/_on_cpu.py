"""Where JAX computes on the processor itself, some things are better done otherwise."""

import keras


def on_cpu() -> bool:
    """Tell whether the backend is JAX, and its device the processor."""
    if keras.backend.backend() != "jax":
        return False
    import jax

    return jax.default_backend() == "cpu"
