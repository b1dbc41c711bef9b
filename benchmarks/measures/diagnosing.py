"""How often the signal report names what is wrong with a model."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from unittest import mock

import keras

from maskplay.analysis.initialization import SignalReport, signal_report
from measures.diagnosis.case import Case
from measures.report import note


@dataclass(frozen=True)
class Diagnoses:
    """What was found of some models.

    Attributes:
        named: of how many broken models the first finding names the layer and the cause.
        alarms: of how many healthy models anything is said.
        passes: runs of a model for one report, the most of all models.
        seconds: of all reports together, without making the models.
    """

    named: int
    alarms: int
    passes: int
    seconds: float


def diagnoses(cases: Iterable[Case], explain: bool = False) -> Diagnoses:
    """Report on each model; say of which the report is wrong, or of all."""
    named, alarms, passes, seconds = 0, 0, 0, 0.0
    for case in cases:
        found, calls, took = _counted(case)
        passes, seconds = max(passes, calls, found.passes), seconds + took
        right = _diagnosed(case, found) if case.causes else found.healthy
        named += bool(case.causes) and right
        alarms += not case.causes and not right
        if explain or not right:
            first = found.findings[0] if found.findings else "nothing"
            note(f"{'+' if right else '-'} {case.name}: {first}")
    return Diagnoses(named, alarms, passes, seconds)


def _counted(case: Case) -> tuple[SignalReport, int, float]:
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


def _diagnosed(case: Case, found: SignalReport) -> bool:
    if not found.findings:
        return False
    first = found.findings[0]
    return first.layer in case.layers and first.cause in case.causes
