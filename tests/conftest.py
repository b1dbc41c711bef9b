"""The strict environment of the tests: a named backend, a fixed seed."""

import os
import random
import sys

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")


def pytest_configure(config: pytest.Config) -> None:
    """What other projects warn of and we cannot mend; each line says why."""
    if os.environ["KERAS_BACKEND"] == "torch":
        # Keras calls numpy.array on a tensor, whose __array__ does not know NumPy 2's `copy` in torch 2.13.
        config.addinivalue_line("filterwarnings", "ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(autouse=True)
def _seed() -> None:
    """The same random numbers in every order of the tests, without importing what a room does not use."""
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)
