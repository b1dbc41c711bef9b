"""Where the channels of layers are."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from maskplay.analysis.initialization._types import Array
from maskplay.analysis.initialization.report._kernels import NORMALIZATIONS

_MOVING = (keras.layers.Permute, keras.layers.Reshape)


def channels_last(x: Array, axis: int) -> Array:
    """The array with an axis moved to the end; as it is where it has no such axis."""
    return np.moveaxis(x, axis, -1) if x.ndim > 2 and -x.ndim <= axis < x.ndim else x


def channel_axis(layer: Any, before: Sequence[int] = (), ranks: Sequence[int] = ()) -> int:
    """The axis of the channels in what a layer reads and gives: 1 for "channels_first", -1 for nearly all others.

    Args:
        layer: it.
        before: that of the layers that it reads.
        ranks: of the arrays that go in and come out.
    """
    data_format = getattr(layer, "data_format", None)
    if data_format is not None:
        return 1 if data_format == "channels_first" else -1
    axis = getattr(layer, "axis", None)
    if isinstance(layer, (*NORMALIZATIONS, keras.layers.Softmax)) and axis is not None:
        axes = [axis] if isinstance(axis, int) else list(axis)
        return int(axes[0]) if len(axes) == 1 else -1
    # An activation, dropout or a sum has no axis of its own, and leaves the channels where they were.
    alike = len(set(before)) == 1 and len(set(ranks)) == 1
    return before[0] if alike and not layer.weights and not isinstance(layer, _MOVING) else -1


def channel_axes(
    layers: Sequence[Any], sources: Sequence[Sequence[int]], ranks: Sequence[Sequence[int]]
) -> list[int]:
    """The same for the layers of a model, in the order of their calls, with the places of those that each reads."""
    found: list[int] = []
    for layer, places, sizes in zip(layers, sources, ranks, strict=True):
        found.append(channel_axis(layer, [-1 if at < 0 else found[at] for at in places], sizes))
    return found
