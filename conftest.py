"""A fixed seed for tests and examples alike."""

import random
import sys

import pytest


@pytest.fixture(autouse=True)
def _seed() -> None:
    """The same random numbers in every order of the tests, without importing what a room does not use."""
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)
