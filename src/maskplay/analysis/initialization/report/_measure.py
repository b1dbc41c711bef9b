"""Numbers of a run."""

from typing import Any

import keras
import numpy as np

from maskplay.analysis.initialization._types import Array
from maskplay.analysis.initialization.report._channels import channels_last
from maskplay.analysis.initialization.report._kernels import Kernel
from maskplay.analysis.initialization.report._padding import places_kept, rows_kept
from maskplay.analysis.initialization.report._run import Flow
from maskplay.analysis.initialization.report.layer_signal import LayerSignal

_SAMPLES = 256  # for ranks: their cost is the square of it
_BOUNDS = {
    "tanh": (-1, 1),
    "hard_tanh": (-1, 1),
    "softsign": (-1, 1),
    "sigmoid": (0, 1),
    "hard_sigmoid": (0, 1),
}
_LIKE_RELU = ("relu", "relu6", "squared_relu", "sparse_plus")
_NAN = float("nan")


def measure(flow: Flow, kernel: Kernel | None, axis: int = -1) -> LayerSignal:
    """Measure what one layer did; `axis` is that of its channels."""
    layer = flow.call.layer
    outputs = [rows_kept(channels_last(x, axis), flow.kept) for x in flow.outputs]
    activation = activation_of(layer)
    first = outputs[0] if outputs else np.zeros((0, 1), np.float32)
    share, rank = spread(flow.outputs[0], flow.kept) if flow.outputs else (_NAN, _NAN)
    slopes = [g for g in flow.weight_gradients if g is not None]
    units = int(first.shape[-1]) if first.ndim > 1 else 1
    return LayerSignal(
        layer=flow.call.path,
        kind=type(layer).__name__,
        activation=activation,
        units=units,
        size_in=size([rows_kept(x, flow.kept) for x in flow.inputs]),
        size_out=size(outputs),
        gradient_in=_norm(flow.input_gradients) if flow.inputs else _NAN,
        gradient_out=_norm(flow.output_gradients),
        weight_gradient=_norm(slopes) if layer.trainable_variables else _NAN,
        gain=_NAN if kernel is None else kernel.gain,
        mean_share=share,
        rank=rank,
        dead=_dead(first) if activation in _LIKE_RELU or kernel is not None else 0.0,
        saturated=_saturated(first, activation),
        finite=all(bool(np.isfinite(x).all()) for x in outputs),
        finite_in=all(bool(np.isfinite(x).all()) for x in flow.inputs),
    )


def activation_of(layer: Any) -> str:
    """Name of the activation that a layer ends with, or ""."""
    if isinstance(layer, keras.layers.ReLU):
        return "relu" if not layer.negative_slope else "leaky_relu"
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    if isinstance(layer, keras.layers.RNN):
        return ""
    return getattr(getattr(layer, "activation", None), "__name__", "")


def size(arrays: list[Array]) -> float:
    """Root of the mean square of all numbers; NaN where there are none."""
    count = sum(x.size for x in arrays)
    if count == 0:
        return _NAN
    return float((sum(float(np.square(x, dtype=np.float64).sum()) for x in arrays) / count) ** 0.5)


def spread(x: Array, mask: Array | None = None) -> tuple[float, float]:
    """Share of the samples' mean in the mean square, and the effective rank about it; `x` `(samples, …)`.

    Args:
        x: numbers.
        mask: over the first axes. The mean of a place is that of the samples that have it, and a place that fewer than
            two of them have says nothing of how they differ.
    """
    if x.ndim < 2 or len(x) < 2:
        return _NAN, _NAN
    kept = places_kept(x[:_SAMPLES], mask)
    kept = kept & (kept.sum(0, keepdims=True) > 1)
    places = kept.reshape(len(kept), -1, 1)
    rows = np.where(places, x[:_SAMPLES].reshape(*places.shape[:2], -1), 0).astype(np.float64)
    largest = np.abs(rows).max(initial=0.0)
    if largest == 0 or not np.isfinite(largest):
        return _NAN, _NAN
    rows /= largest
    count = places.sum(0)
    mean = rows.sum(0) / np.maximum(count, 1)
    total, shared = float(np.square(rows).sum()), float((count * np.square(mean)).sum())
    rows = np.where(places, rows - mean, 0.0).reshape(len(rows), -1)
    gram = rows @ rows.T
    squares, own = float(np.square(gram).sum()), float(np.trace(gram))
    rank = own**2 / squares if own > 1e-12 * total and squares > 0 else 0.0
    return min(shared / total, 1.0), rank


def _norm(arrays: list[Array]) -> float:
    return float(sum(float(np.square(x, dtype=np.float64).sum()) for x in arrays) ** 0.5)


def _dead(x: Array) -> float:
    if x.ndim < 2 or x.size == 0:
        return 0.0
    return float((np.abs(x.reshape(-1, x.shape[-1])).max(0) == 0).mean())


def _saturated(x: Array, activation: str) -> float:
    if x.size == 0:
        return 0.0
    if activation == "softmax":
        return float((x.max(-1) > 0.99).mean()) if x.shape[-1] > 1 else 0.0
    if activation not in _BOUNDS:
        return 0.0
    low, high = _BOUNDS[activation]
    edge = 0.01 * (high - low)
    return float(((x < low + edge) | (x > high - edge)).mean())
