"""How much one output differs from another, and what counts as a difference."""

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np

_EPSILON = {"float64": 2.3e-16, "float32": 1.2e-7, "bfloat16": 7.9e-3, "float16": 9.8e-4}
_FROM = 1e-5  # in float32: a hundred units in the last place
_SPARE = 8  # units in the last place, where they are larger than that


def scale_of(y: np.ndarray) -> float:
    """The usual size of the values: the lower quartile of those that are neither 0 nor infinite, else 1.

    A quartile, for scores often hold many huge numbers where something is excluded.
    """
    sizes = np.abs(y[np.isfinite(y) & (y != 0)].astype(np.float64))
    return float(np.quantile(sizes, 0.25, method="lower")) if sizes.size else 1.0


def relative_change(before: np.ndarray, after: np.ndarray, scale: float) -> np.ndarray:
    """By how much each value changes, relative to its own size plus the usual one: from 0 to 2."""
    before, after = before.astype(np.float64), after.astype(np.float64)
    finite = np.isfinite(before) & np.isfinite(after)
    one, other = np.where(finite, before, 0.0), np.where(finite, after, 0.0)
    change = np.abs(other - one) / (np.maximum(np.abs(one), np.abs(other)) + scale)
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    return np.where(finite, change, np.where(same, 0.0, 1.0))


def epsilon_of(model: Any, outputs: Iterable[np.ndarray]) -> float:
    """One unit in the last place of the coarsest type that the model computes in."""
    types = {str(y.dtype) for y in outputs}
    if isinstance(model, keras.layers.Layer):
        types |= {str(layer.compute_dtype) for layer in model._flatten_layers()}
    known = [_EPSILON[name] for name in types if name in _EPSILON]
    return max([*known, _EPSILON["float32"]])


def tolerance_of(tolerance: float | None, epsilon: float, times: float = 1.0) -> float:
    """The caller's tolerance, or the usual one for this precision."""
    if tolerance is None:
        return max(times * _FROM, _SPARE * epsilon)
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance is a relative change between 0 and 1. Received: tolerance={tolerance}")
    return tolerance
