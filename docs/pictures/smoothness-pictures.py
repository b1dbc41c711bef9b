"""Draws the pictures of docs/smoothness.md: python docs/pictures/smoothness-pictures.py (half a minute).

smoothness-study.svg is drawn by benchmarks/normalization_study.py.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

from maskplay.analysis.smoothness import batch_norm_audit, normalization_report, smoothness

HERE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
ENDING, THEME = (sys.argv[2], sys.argv[3]) if len(sys.argv) > 3 else ("svg", "auto")


def place(name: str) -> Path:
    """Where a picture goes."""
    return HERE / f"smoothness-{name}.{ENDING}"


def network(normalized: bool) -> keras.Model:
    """Three layers, with batch normalization behind the hidden ones or without."""
    keras.utils.set_random_seed(0)
    parts = []
    for name in ("first", "second"):
        norm = [keras.layers.BatchNormalization(name=f"norm of {name}")] if normalized else []
        parts += [keras.layers.Dense(50, name=name), *norm, keras.layers.ReLU()]
    return keras.Sequential([keras.Input((20,)), *parts, keras.layers.Dense(1, name="last")])


def main() -> None:
    """Draw all of them."""
    x = (3 * np.random.default_rng(0).standard_normal((128, 20)) + 2).astype("float32")
    y = np.sign(x[:, :1] - 2) * np.sign(x[:, 1:2] - 2)
    model = network(True)
    smoothness(model, "mse", (x, y)).draw(place("lines"), theme=THEME)
    batch_norm_audit(model, "mse", (x, y)).draw(place("audit"), theme=THEME)
    normalization_report(network(False), x).draw(place("norms"), theme=THEME)


if __name__ == "__main__":
    main()
