"""Small models, compiled quickly."""

import keras
import numpy as np
import pytest


@pytest.fixture(scope="session", autouse=True)
def _compile_quickly():
    """Each model runs a few times only: most of the time would go into XLA's optimisation."""
    if keras.backend.backend() != "jax":
        yield
        return
    import jax

    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


@pytest.fixture
def ids() -> np.ndarray:
    """Three rows of ids from 1 to 10, the last two padded."""
    array = np.random.default_rng(1).integers(1, 11, (3, 7)).astype("int32")
    array[1, 5:] = array[2, 2:] = 0
    return array


@pytest.fixture
def floats() -> np.ndarray:
    """Two rows of 5 positions with 3 channels."""
    return np.random.default_rng(2).normal(size=(2, 5, 3)).astype("float32")
