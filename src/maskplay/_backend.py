"""JAX is the default backend, but only where the user chose none."""

import importlib.util
import json
import os
import sys

_BACKENDS = ("jax", "tensorflow", "torch", "numpy", "openvino")
"""What Keras takes; each is the name of a package as well."""


def choose() -> None:
    """Make JAX Keras' backend if neither the environment, nor Keras' own configuration file, nor an import chose.

    Raises:
        ImportError: if the backend that was chosen is none, or is not installed; the message says how to mend it.
    """
    name = _chosen()
    if name is None:
        os.environ["KERAS_BACKEND"] = name = "jax"
    if name not in _BACKENDS:
        raise ImportError(
            "Keras' backend (KERAS_BACKEND, or in keras.json) must be jax, tensorflow or torch, or numpy or openvino, "
            f"which train nothing. Received: {name!r}"
        )
    if not _installed(name):
        raise ImportError(
            f"Keras is set to the backend {name!r}, which is not installed. Install it (pip install {name}), "
            "or choose another before Keras is imported: KERAS_BACKEND=jax."
        )


def _chosen() -> str | None:
    if "keras" in sys.modules:
        return sys.modules["keras"].config.backend()
    return os.environ.get("KERAS_BACKEND") or _configured()


def _configured() -> str | None:
    """Read the backend from Keras' configuration file.

    Keras writes that file by itself when it is first imported, with TensorFlow in it whatever is installed; so
    TensorFlow is somebody's choice only where there is one.
    """
    home = os.environ.get("KERAS_HOME", os.path.join(os.path.expanduser("~"), ".keras"))
    try:
        with open(os.path.join(home, "keras.json"), encoding="utf-8") as file:
            name = json.load(file).get("backend")
    except (OSError, ValueError, AttributeError):
        return None
    return None if name == "tensorflow" and not _installed(name) else name


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
