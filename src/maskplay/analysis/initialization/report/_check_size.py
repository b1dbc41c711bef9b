"""Signals that become far too large or too small."""

import numpy as np

from maskplay.analysis.initialization.report._evidence import Evidence, Step
from maskplay.analysis.initialization.report._said import (
    ONE_LAYER,
    Found,
    counted_said,
    fan_advice,
    init_advice,
)
from maskplay.analysis.initialization.report.finding import Finding

_FAR = 100.0  # times what the signal began with: too large
_NEAR = 2e-3  # times it: too small
_NOTHING = 1e-20  # a ratio that small is as good as 0


def check_size(evidence: Evidence) -> Found:
    """A signal that has become far too large or too small on its way."""
    for step, reference in zip(evidence.steps, evidence.references, strict=True):
        signal = step.signal
        if not reference > 0 or step.normalizes:
            continue
        if signal.size_out > max(_FAR * reference, 30.0) and step.flow.inputs:
            return [_blame(evidence, step, large=True)]
        if step.kernel is not None and 0 < signal.size_in < _NEAR * reference:
            return [_blame(evidence, step, large=False)]
    return []


def _blame(evidence: Evidence, end: Step, large: bool) -> tuple[int, Finding]:
    """Who made the signal at the end of a path so large, or so small."""
    path = [step for step in evidence.before(end) if step.flow.inputs and (large or step is not end)]
    changes = {step.place: _change(step, large) for step in path}
    total = sum(changes.values())
    worst = max(changes, key=lambda place: changes[place], default=end.place)
    size = end.signal.size_out if large else end.signal.size_in
    text = f"At {end.signal.layer} the signal is of size {size:.2g}."
    init = init_advice(_usual_activation(path))
    if total > 0 and changes[worst] > ONE_LAYER * total:
        step = evidence.steps[worst]
        if step.kernel is not None and step.kernel.miscounted and not large:
            return worst, Finding(
                "wrong fan", (step.signal.layer,), f"{text} {counted_said(step)}", fan_advice(step)
            )
        of_weights, of_others = (
            ("weights too large", "exploding depth") if large else ("weights too small", "vanishing depth")
        )
        cause = of_others if step.kernel is None else of_weights
        text = f"It makes the signal {step.signal.forward:.2g} times as large. {text}"
        return worst, Finding(cause, (step.signal.layer,), text, f"{init}, or rescale(model, batch).")
    guilty = [step for step in path if changes[step.place] > 0.1 and step.kernel is not None]
    miscounted = [step for step in guilty if step.kernel is not None and step.kernel.miscounted]
    if miscounted and not large and sum(changes[s.place] for s in miscounted) > 0.5 * total:
        names = tuple(step.signal.layer for step in miscounted)
        return miscounted[0].place, Finding(
            "wrong fan", names, f"{text} {counted_said(miscounted[0])}", fan_advice(miscounted[0])
        )
    names = tuple(step.signal.layer for step in guilty) or (end.signal.layer,)
    cause = "exploding depth" if large else "vanishing depth"
    advice = f"{init}; a normalization, or 1/√(2·blocks) at the end of residual branches (scale=), for great depth."
    return (guilty[0].place if guilty else end.place), Finding(cause, names, text, advice)


def _change(step: Step, large: bool) -> float:
    ratio = step.signal.forward
    if not ratio >= 0:
        return 0.0
    return max(float(np.log(max(ratio, _NOTHING))) * (1 if large else -1), 0.0)


def _usual_activation(path: list[Step]) -> str:
    names = [
        step.signal.activation for step in path if step.signal.activation not in ("", "linear", "softmax")
    ]
    return max(set(names), key=names.count) if names else "linear"
