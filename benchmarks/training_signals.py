"""Does the signal report find what is wrong with a model: on fifty broken models, and on twenty healthy ones.

    python benchmarks/training_signals.py [--json] [--explain]

Each broken model has one fault, made on purpose; it counts as diagnosed if the first finding names its layer and its
cause. A healthy one counts as a false alarm if anything is found. It takes a minute or two.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
from time import perf_counter
from typing import Any
from unittest import mock

import keras

from maskplay.analysis.initialization import SignalReport, signal_report
from measures.models_to_diagnose import Case, broken, healthy
from measures.report import note, report

MEANINGS = {
    "signal_report_passes": "runs of a model for one report, forward or forward and backward, the most of all models",
    "diagnosed_of_50": "broken models whose first finding names the layer and the cause",
    "false_alarms_of_20": "healthy models of which anything is said",
    "seconds": "of all reports together, without making the models",
}


def counted(case: Case) -> tuple[SignalReport, int, float]:
    """The report on a model, how often the model was called for it, and the seconds."""
    keras.utils.set_random_seed(0)
    model, batch = case.build()
    calls = 0
    original = keras.layers.Layer.__call__

    def counting(layer: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += layer is model
        return original(layer, *args, **kwargs)

    began = perf_counter()
    with mock.patch.object(keras.layers.Layer, "__call__", counting):
        found = signal_report(model, batch)
    return found, calls, perf_counter() - began


def diagnosed(case: Case, found: SignalReport) -> bool:
    if not found.findings:
        return False
    first = found.findings[0]
    return first.layer in case.layers and first.cause in case.causes


def line(case: Case, found: SignalReport, right: bool) -> str:
    return f"{'+' if right else '-'} {case.name}: {found.findings[0] if found.findings else 'nothing'}"


def study(explain: bool) -> dict[str, Any]:
    passes, right, alarms, seconds = 0, 0, 0, 0.0
    for case in broken():
        found, calls, took = counted(case)
        passes, seconds = max(passes, calls, found.passes), seconds + took
        named = diagnosed(case, found)
        right += named
        if explain or not named:
            note(line(case, found, named))
    for case in healthy():
        found, calls, took = counted(case)
        passes, seconds = max(passes, calls, found.passes), seconds + took
        alarms += not found.healthy
        if explain or not found.healthy:
            note(line(case, found, found.healthy))
    return {
        "signal_report_passes": passes,
        "diagnosed_of_50": right,
        "false_alarms_of_20": alarms,
        "seconds": seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--explain", action="store_true", help="say of every model what was found")
    arguments = parser.parse_args()
    report(study(arguments.explain), MEANINGS, "What the signal report finds", arguments.json)


if __name__ == "__main__":
    main()
