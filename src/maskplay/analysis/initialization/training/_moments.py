"""Means and deviations of what layers give."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

from maskplay.analysis.initialization._types import Array, Floats
from maskplay.analysis.initialization.report._channels import channels_last
from maskplay.analysis.initialization.report._recorder import mask_of


def moments(y: Any, axis: int, bias: Sequence[int] | None) -> tuple[Floats, float]:
    """The mean of each unit over what a mask keeps, and the deviation of all about theirs.

    Args:
        y: what a layer gives; its mask is that of Keras.
        axis: of the channels.
        bias: shape of the layer's bias. A unit is what has a bias of its own; without one, or with one of another form,
            the last axis holds them.

    Returns:
        The means in the shape of the bias, and a number.
    """
    values = channels_last(ops.convert_to_numpy(ops.cast(y, "float32")).astype(np.float64), axis)
    units = _units(values.shape, bias)
    over = tuple(i for i, length in enumerate(units) if length == 1)
    kept = _kept(values, mask_of(y))
    count = np.maximum(kept.sum(over, keepdims=True), 1)
    values = np.where(kept, values, 0.0)
    mean = values.sum(over, keepdims=True) / count
    variance = (np.where(kept, values - mean, 0.0) ** 2).sum(over, keepdims=True) / count
    fitting = bias is not None and int(np.prod(bias)) == mean.size
    return mean.reshape(tuple(bias) if fitting and bias is not None else -1), float(np.sqrt(variance.mean()))


def _units(shape: tuple[int, ...], bias: Sequence[int] | None) -> tuple[int, ...]:
    """The lengths of the axes that units differ along, and 1 for all others."""
    last = (*[1] * (len(shape) - 1), shape[-1])
    if bias is None or len(bias) > len(shape):
        return last
    wide = (*[1] * (len(shape) - len(bias)), *bias)
    return wide if all(b in (1, length) for b, length in zip(wide, shape, strict=True)) else last


def _kept(values: Array, mask: Any) -> Array:
    """Whether each number counts."""
    kept = np.ones(values.shape, bool)
    if mask is None:
        return kept
    mask = ops.convert_to_numpy(mask).astype(bool)
    if mask.shape != values.shape[: mask.ndim] or values.ndim <= mask.ndim:
        return kept
    return kept & mask.reshape(*mask.shape, *[1] * (values.ndim - mask.ndim))
