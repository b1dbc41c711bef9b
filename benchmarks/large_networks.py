"""The instruments of training on networks of millions of weights: seconds, memory, and what they say.

    python benchmarks/large_networks.py [resnet|bert] [--trial-steps N] [--json]

"resnet" is Keras' ResNet50 for pictures of 32 by 32 (23.6 million weights), "bert" a Transformer of six layers (5.4
million), both with fresh weights, on a batch of eight. Curvature, trace, slices and learning rates are those of
`smoothness`; blocks of single layers are left out. Most of the time goes to compiling: three minutes each on two cores.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from maskplay.analysis.initialization import signal_report
from maskplay.analysis.smoothness import normalization_report, smoothness
from maskplay.models import TransformerConfig
from measures.report import note, report

MEANINGS = {
    "parameters": "weights of the network",
    "signal_seconds": "a signal report, compiled anew",
    "signal_findings": "causes that it names",
    "normalization_seconds": "a normalization report, compiled anew",
    "smoothness_seconds": "`smoothness` without layers, compiled anew",
    "lipschitz": "L: the value, and the interval that holds it",
    "gradient_evaluations": "what that was worth",
    "tried_rate": "the largest learning rate with which gradient descent goes down; null: all did that were tried",
    "peak_megabytes": "of the process",
}


def main() -> None:
    options = _options()
    model, loss, x, y = {"resnet": _resnet, "bert": _bert}[options.network]()
    figures: dict[str, Any] = {"network": options.network, "parameters": model.count_params()}

    def timed(name: str, measure: Callable[[], Any]) -> Any:
        note(name)
        began = time.perf_counter()
        found = measure()
        figures[f"{name}_seconds"] = time.perf_counter() - began
        return found

    def told(what: str, number: int, count: int) -> None:
        note(f"{number}/{count} {what}")

    signals = timed("signal", lambda: signal_report(model, x, loss=loss, targets=y))
    figures["signal_findings"] = [one.cause for one in signals.findings]
    timed("normalization", lambda: normalization_report(model, x))
    found = timed(
        "smoothness",
        lambda: smoothness(model, loss, (x, y), layers=False, trial_steps=options.trial_steps, progress=told),
    )
    one = found.lipschitz
    figures |= {
        "lipschitz": [one.value, one.low, one.high],
        "gradient_evaluations": found.evaluations,
        "tried_rate": found.tried_rate if np.isfinite(found.tried_rate or 0) else None,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    report(figures, MEANINGS, "Large networks", options.json)


def _resnet() -> tuple[Any, Any, Any, Any]:
    rng = np.random.default_rng(0)
    model = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes=5)
    x, y = rng.random((8, 32, 32, 3)).astype("float32"), rng.integers(0, 5, 8)
    return model, "sparse_categorical_crossentropy", x, y


def _bert() -> tuple[Any, Any, Any, Any]:
    rng = np.random.default_rng(0)
    config = TransformerConfig(
        vocabulary_size=2000, width=256, depth=6, heads=4, hidden=1024, max_positions=128,
        head="classification", dropout=0.1,
    )  # fmt: skip
    tokens = rng.integers(1, 2000, (8, 64)).astype("int32")
    tokens[:, 50:] = 0
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return (
        config.build(),
        loss,
        {"tokens": tokens, "segments": np.zeros_like(tokens)},
        rng.integers(0, 2, 8),
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", nargs="?", choices=("resnet", "bert"), default="bert")
    parser.add_argument(
        "--trial-steps", type=int, default=5, help="steps of each learning rate that is tried"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    main()
