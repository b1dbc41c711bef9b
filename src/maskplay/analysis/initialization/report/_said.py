"""What findings say, and what several checks ask of a step."""

import numpy as np

from maskplay.analysis.initialization.report._evidence import Evidence, Step
from maskplay.analysis.initialization.report.finding import Finding

Found = list[tuple[int, Finding]]
"""Findings, each with the place of the step that is at fault."""

ONE_LAYER = 0.6  # of the whole change, on a logarithmic scale: then that layer is the cause


def init_advice(activation: str) -> str:
    """An initializer for a layer, in a word; what ends with softmax reads something else."""
    name = activation if activation not in ("", "softmax") else "linear"
    return f'kernel_initializer=NormPreserving("{name}")'


def owner_of(evidence: Evidence, step: Step) -> Step:
    """The layer with weights that an activation stands behind."""
    while step.kernel is None and len(step.sources) == 1 and step.sources[0] >= 0:
        before = evidence.steps[step.sources[0]]
        if before.normalizes:
            break
        step = before
    return step


def reach_of(step: Step) -> float:
    """About how large what the weights give is, before any activation."""
    return step.signal.gain * step.signal.size_in if step.kernel is not None else step.signal.size_out


def bias_said(step: Step) -> str:
    """What biases have to do with it, or ""."""
    bias = getattr(step.layer, "bias", None)
    if bias is None:
        return ""
    mean = float(np.mean(np.asarray(bias)))
    return f": its biases are about {mean:.2g}" if abs(mean) > max(2.0, reach_of(step)) else ""


def counted_said(step: Step) -> str:
    """How a wrong fan shows."""
    return (
        f"{step.signal.layer} multiplies it by {step.signal.gain:.2g}, for its initializer counts other inputs than "
        "it sums over."
    )


def fan_advice(step: Step) -> str:
    """The initializer that counts as the layer does."""
    kind = step.kernel.kind if step.kernel is not None else ""
    said = {
        "depthwise": 'depthwise_initializer=NormPreserving(layer="depthwise")',
        "separable": 'depthwise_initializer=NormPreserving(layer="depthwise"), pointwise_initializer=NormPreserving()',
        "transpose": 'kernel_initializer=NormPreserving(layer="transpose", strides=…)',
    }
    return said.get(kind, "kernel_initializer=NormPreserving(groups=…)") + "."
