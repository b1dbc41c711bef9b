"""Faults of units, normalizations and dropout."""

import numpy as np

from maskplay.analysis.initialization.report._evidence import Evidence, Step
from maskplay.analysis.initialization.report._measure import spread
from maskplay.analysis.initialization.report._said import (
    Found,
    bias_said,
    counted_said,
    fan_advice,
    init_advice,
    owner_of,
    reach_of,
)
from maskplay.analysis.initialization.report.finding import Finding

_DEAD = 0.8  # of the units; where all samples have become alike, half of them are dead by chance


def check_units(evidence: Evidence) -> Found:
    """Units that are dead, saturated, or say all the same."""
    found: Found = []
    last = evidence.weighted[-1].place if evidence.weighted else -1
    for step in evidence.steps:
        signal = step.signal
        reviving = step.kernel is not None and step.kernel.zero
        if _is_dead(step) and not reviving:
            text = f"{signal.dead:.0%} of its units give 0 for every sample{bias_said(step)}."
            advice = "Biases of 0, inputs about 0, and a smaller learning rate; or leaky_relu."
            found.append(
                (
                    owner_of(evidence, step).place,
                    Finding("dead units", (owner_of(evidence, step).signal.layer,), text, advice),
                )
            )
        elif signal.saturated > 0.5:
            owner = owner_of(evidence, step)
            # The output of a classifier that has learned is sure of itself.
            if owner.place >= last and reach_of(owner) < 20:
                continue
            text = (
                f"{signal.saturated:.0%} of what {signal.activation} gives lies at its bounds{_cause(owner)}."
            )
            advice = f"{init_advice(signal.activation)}, or rescale(model, batch)."
            found.append((owner.place, Finding("saturated", (owner.signal.layer,), text, advice)))
    named = {place for place, _ in found}
    return found + [one for step in evidence.steps if step.place not in named for one in _collapsed(step)]


def _is_dead(step: Step) -> bool:
    signal = step.signal
    few = signal.units < 16
    return signal.finite and signal.size_in > 0 and (signal.dead == 1 if few else signal.dead > _DEAD)


def _collapsed(step: Step) -> Found:
    if not _collapses(step):
        return []
    signal = step.signal
    text = (
        f"The samples differ in {signal.rank:.2g} directions behind it, and share {signal.mean_share:.2%} of what "
        f"they are{bias_said(step)}."
    )
    advice = f"Draw the weights anew: {init_advice(signal.activation)}; biases of 0."
    return [(step.place, Finding("collapse", (signal.layer,), text, advice))]


def _collapses(step: Step) -> bool:
    """Whether a layer with weights alone takes what samples differ by."""
    signal = step.signal
    if step.kernel is None or step.kernel.zero or not step.flow.inputs or signal.units < 4:
        return False
    if signal.activation in ("sigmoid", "softmax", "hard_sigmoid"):  # what they give has a mean of its own
        return False
    share, rank = spread(step.flow.inputs[0], step.flow.kept)
    # Two directions are what relu makes of one.
    flat = signal.units >= 16 and signal.rank < 2.3 and rank > 6 and rank > 4 * signal.rank
    return flat or (signal.mean_share > 0.999 and share < 0.95)


def _cause(step: Step) -> str:
    bias = bias_said(step)
    if bias or step.kernel is None:
        return bias
    return f": its weights multiply by about {step.signal.gain:.2g} what is of size {step.signal.size_in:.2g}"


def check_normalizations(evidence: Evidence) -> Found:
    """Normalizations that cannot do their work, and dropout that leaves nothing."""
    found: Found = []
    for step in evidence.steps:
        signal, layer = step.signal, step.layer
        rate = getattr(layer, "rate", None)
        if isinstance(rate, float) and rate > 0.85 and step.kernel is None:
            text = f"It drops {rate:.0%} of what goes in."
            found.append((step.place, Finding("dropout", (signal.layer,), text, "A rate of 0.1 to 0.5.")))
        epsilon = getattr(layer, "epsilon", None)
        if not step.normalizes or epsilon is None or not signal.finite or not step.flow.inputs:
            continue
        x = step.read[0]
        variance = float(np.median(x.reshape(-1, x.shape[-1]).var(0)))
        gamma = getattr(layer, "gamma", None)
        scale = 1.0 if gamma is None else float(np.sqrt(np.mean(np.square(np.asarray(gamma)))))
        if 0 < variance < 0.01 * epsilon and scale > 0 and signal.size_out < 0.15 * scale:
            found.append(_epsilon(evidence, step, variance, epsilon))
        elif 0 < scale < 0.01 and signal.size_out < 0.02:
            text = f"Its own factors are of size {scale:.2g}."
            found.append(
                (step.place, Finding("weights too small", (signal.layer,), text, "gamma_initializer='ones'."))
            )
        elif signal.size_out > 20 * max(scale, 1e-30) or scale > 20:
            text = f"It gives numbers of size {signal.size_out:.2g}: its factors or its stored statistics are off."
            advice = "gamma_initializer='ones'; let it adapt to these data again."
            found.append((step.place, Finding("weights too large", (signal.layer,), text, advice)))
    return found


def _epsilon(evidence: Evidence, step: Step, variance: float, epsilon: float) -> tuple[int, Finding]:
    """What made the signal so small that the epsilon of a normalization is larger."""
    text = (
        f"The variance of what {step.signal.layer} normalizes is {variance:.2g}, its epsilon {epsilon:.2g}."
    )
    source = step.sources[0] if step.sources else -1
    if source >= 0:
        before = owner_of(evidence, evidence.steps[source])
        name = (before.signal.layer,)
        if before.kernel is not None and before.kernel.miscounted:
            return before.place, Finding(
                "wrong fan", name, f"{text} {counted_said(before)}", fan_advice(before)
            )
        if before.kernel is not None and before.signal.gain < 0.1:
            text = f"They multiply the signal by about {before.signal.gain:.2g}. {text}"
            advice = f"{init_advice('linear')}, or rescale(model, batch)."
            return before.place, Finding("weights too small", name, text, advice)
    advice = "Larger weights before it (NormPreserving, rescale), or a smaller epsilon."
    return step.place, Finding("epsilon", (step.signal.layer,), text, advice)
