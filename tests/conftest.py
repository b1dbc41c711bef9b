"""The strict environment of the tests: a named backend, a fixed seed."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
