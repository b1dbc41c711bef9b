"""JAX is the default backend, but only where the user chose none."""

import importlib.util
import os
import sys


def choose() -> None:
    """Make JAX Keras' backend if neither the environment, nor Keras' own configuration file, nor an import chose.

    Raises:
        ImportError: if the backend that was chosen is not installed; the message says how to mend it.
    """
    if "keras" not in sys.modules and "KERAS_BACKEND" not in os.environ and not _configured():
        os.environ["KERAS_BACKEND"] = "jax"
    name = _chosen()
    package = {"jax": "jax", "torch": "torch", "tensorflow": "tensorflow"}.get(name)
    if package and importlib.util.find_spec(package) is None:
        raise ImportError(
            f"Keras is set to the backend {name!r}, which is not installed. Install it "
            f"(pip install {package}), or choose another before Keras is imported: KERAS_BACKEND=jax."
        )


def _chosen() -> str:
    if "keras" in sys.modules:
        return sys.modules["keras"].config.backend()
    return os.environ.get("KERAS_BACKEND", "")


def _configured() -> bool:
    home = os.environ.get("KERAS_HOME", os.path.join(os.path.expanduser("~"), ".keras"))
    return os.path.exists(os.path.join(home, "keras.json"))
