"""Faults of data and weights."""

import numpy as np

from maskplay.analysis.initialization._types import Array, Floats
from maskplay.analysis.initialization.report._evidence import Evidence, Step
from maskplay.analysis.initialization.report._kernels import Kernel
from maskplay.analysis.initialization.report._said import Found, init_advice
from maskplay.analysis.initialization.report.finding import Finding

_LARGE = 8.0  # a gain that no initialization has


def check_finite(evidence: Evidence) -> Found:
    """The first layer that gives NaN or infinity for finite numbers."""
    if not all(np.isfinite(x).all() for x in evidence.run.inputs):
        text = "The batch itself holds NaN or infinite numbers."
        return [(-1, Finding("not finite", ("inputs",), text, "Clean the data, or mask what is missing."))]
    for step in evidence.steps:
        if step.signal.finite and step.signal.finite_in:
            continue
        weights = [np.asarray(v) for v in step.layer.weights]
        if not all(np.isfinite(v).all() for v in weights if v.dtype.kind == "f"):
            text, advice = (
                "Its weights hold NaN or infinity.",
                "Draw them anew, or go back to an earlier checkpoint.",
            )
        elif step.signal.finite_in:
            text = f"Numbers of size {step.signal.size_in:.2g} go in, NaN or infinity comes out."
            advice = "Look for a logarithm, a root or a division of 0, or an exponential of too much."
        else:
            text = "What goes in is NaN or infinite already; an operation before it made that."
            advice = "Look at what is computed between it and the layer before."
        return [(step.place, Finding("not finite", (step.signal.layer,), text, advice))]
    return []


def check_inputs(evidence: Evidence) -> Found:
    """Inputs that weights read as they came, and that are not of size 1 about 0."""
    for step in evidence.weighted:
        if not evidence.raw[step.place]:
            continue
        for x in step.read:
            text = _unnormalised(x)
            if text:
                advice = "Put keras.layers.Normalization (adapted) or Rescaling first."
                return [
                    (-1, Finding("not normalised", ("inputs",), f"{step.signal.layer} reads {text}.", advice))
                ]
    return []


def _unnormalised(x: Array) -> str:
    features = (
        x.reshape(-1, x.shape[-1]).astype(np.float64) if x.ndim > 1 else x.reshape(-1, 1).astype(np.float64)
    )
    rms, deviation = float(np.sqrt((features**2).mean())), features.std(0)
    mean = float(np.abs(features.mean()))
    spread = float(features.std())
    if rms > 20 or 0 < _smallest(features, rms) < 0.02:
        return f"numbers of size {rms:.2g}"
    if mean > 10 * spread and rms > 0:
        return f"numbers about {mean:.2g} that vary by {spread:.2g} only"
    usual = np.median(deviation[deviation > 0]) if (deviation > 0).any() else 0.0
    if usual > 0 and deviation.max() > 300 * usual:
        return f"columns of very different sizes: one varies by {deviation.max():.2g}, most by {usual:.2g}"
    return ""


def _smallest(features: Floats, rms: float) -> float:
    """The size by which numbers are too small: of whole rows where nearly all are 0, as in one-hot rows and TF-IDF."""
    sparse = np.count_nonzero(features) < 0.1 * features.size
    return rms * features.shape[1] ** 0.5 if sparse else rms


def check_weights(evidence: Evidence) -> Found:
    """Weights that no initialization should give, whatever comes of it."""
    found: Found = []
    zeros = []
    known: dict[tuple, Step] = {}
    for step in evidence.weighted:
        kernel = step.kernel
        if kernel is None:
            continue
        name = step.signal.layer
        init = init_advice(step.signal.activation)
        if kernel.zero:
            if not step.learns:
                zeros.append(step)
        elif kernel.same:
            text = "Its units give the same and get the same gradients: they stay one unit."
            found.append(
                (step.place, Finding("identical units", (name,), text, f"Draw the weights: {init}."))
            )
        elif kernel.gain > _LARGE and step.signal.saturated < 0.5:
            text = f"They multiply the signal by about {kernel.gain:.3g}, where 1 or 2 is right."
            found.append(
                (
                    step.place,
                    Finding("weights too large", (name,), text, f"{init}, or rescale(model, batch)."),
                )
            )
        key = (kernel.values.shape, kernel.values.tobytes())
        other = known.setdefault(key, step)
        if other.layer is not step.layer and _drawn_alike(other, step, kernel):
            text = "One initializer with one seed draws the same numbers for each of them."
            advice = "Give each layer an initializer of its own; NormPreserving without a seed may be shared."
            found.append((step.place, Finding("copied weights", (other.signal.layer, name), text, advice)))
    if zeros:
        names = tuple(step.signal.layer for step in zeros)
        text = "Their weights are all 0, and so are their gradients."
        advice = f"Draw them: {init_advice(zeros[0].signal.activation)}."
        found.append((zeros[0].place, Finding("zero weights", names, text, advice)))
    return found


def _drawn_alike(first: Step, second: Step, kernel: Kernel) -> bool:
    """Whether equal weights of two layers are an accident that training does not undo at once."""
    plain = kernel.zero or kernel.same or kernel.values.size <= 8
    return bool(not plain and first.layer.trainable and second.layer.trainable)
