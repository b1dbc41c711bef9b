"""The HSIC bottleneck beside back-propagation, on small images (1,797 digits of 8 x 8 pixels, a quarter held out).

    python benchmarks/hsic_bottleneck.py [--epochs N] [--json]

Three layers of 64 units are trained (a) by themselves, each to depend on the label and to forget the input, without any
gradient between layers, (b) by back-propagation, (c) not at all. On (a) and (c) a linear classifier is then trained. It
takes about a minute. The digits come with scikit-learn, which `pip install 'maskplay[benchmark]'` brings.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
from time import perf_counter
from typing import Any

import keras
import numpy as np

from maskplay.analysis.hsic import dependence_report, hsic_bottleneck
from measures.report import note, report

MEANINGS = {
    "bottleneck_accuracy": "layers that learned by themselves, then a linear classifier",
    "backpropagation_accuracy": "the same layers, trained as usual",
    "untrained_accuracy": "the same layers as they were made, then a linear classifier",
    "bottleneck_seconds": "of training, classifier included",
    "backpropagation_seconds": "of training",
    "bottleneck_cka_with_label": "of the last layer, on held-out images",
    "backpropagation_cka_with_label": "likewise",
}


def digits(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(seed).permutation(len(found.data))
    x, y = (found.data[order] / 16.0).astype("float32"), found.target[order].astype("int32")
    held = len(x) // 4
    return x[held:], y[held:], x[:held], y[:held]


def hidden() -> list[Any]:
    return [keras.layers.Dense(64, activation="tanh", name=f"hidden_{i}") for i in range(1, 4)]


def accuracy(model: Any, x: np.ndarray, y: np.ndarray) -> float:
    return float((model.predict(x, verbose=0).argmax(1) == y).mean())


def read_out(features: Any, x: np.ndarray, y: np.ndarray, epochs: int) -> Any:
    """A linear classifier on layers that stay as they are."""
    classifier = keras.Sequential(
        [keras.Input(features.output_shape[1:]), keras.layers.Dense(10, activation="softmax")]
    )
    classifier.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    classifier.fit(features.predict(x, verbose=0), y, batch_size=128, epochs=epochs, verbose=0)
    return keras.Model(features.inputs[0], classifier(features.output))


def label_cka(features: Any, x: np.ndarray, y: np.ndarray) -> float:
    found = dependence_report(features, x, y.astype(str), layers=["hidden_3"], batch_size=len(x))
    return float(found.with_label[0]) if found.with_label is not None else float("nan")


def study(epochs: int) -> dict[str, float]:
    x, y, held_x, held_y = digits()
    note("layers by themselves")
    keras.utils.set_random_seed(0)
    trained, features = hsic_bottleneck(hidden(), (64,), beta=10.0)
    untrained = accuracy(read_out(features, x, y, epochs), held_x, held_y)
    began = perf_counter()
    trained.compile(keras.optimizers.Adam(0.003))
    trained.fit([x, y[:, None]], batch_size=256, epochs=epochs, verbose=0)
    alone = read_out(features, x, y, epochs)
    seconds = perf_counter() - began
    note("back-propagation")
    keras.utils.set_random_seed(0)
    usual = keras.Sequential([keras.Input((64,)), *hidden(), keras.layers.Dense(10, activation="softmax")])
    began = perf_counter()
    usual.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    usual.fit(x, y, batch_size=256, epochs=epochs, verbose=0)
    return {
        "bottleneck_accuracy": accuracy(alone, held_x, held_y),
        "backpropagation_accuracy": accuracy(usual, held_x, held_y),
        "untrained_accuracy": untrained,
        "bottleneck_seconds": seconds,
        "backpropagation_seconds": perf_counter() - began,
        "bottleneck_cka_with_label": label_cka(features, held_x, held_y),
        "backpropagation_cka_with_label": label_cka(usual, held_x, held_y),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    report(study(arguments.epochs), MEANINGS, "The HSIC bottleneck", arguments.json)


if __name__ == "__main__":
    main()
