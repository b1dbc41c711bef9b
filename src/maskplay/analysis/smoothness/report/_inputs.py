"""What the layers with kernels of a model read, as rows."""

from collections.abc import Container
from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.analysis._around import around_layers
from maskplay.analysis.smoothness._types import Floats
from maskplay.analysis.smoothness.surface._call import built, called

_ROWS = 4096
_CONVOLUTIONS = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)


def inputs_of_kernels(model: keras.Model, inputs: Any, seed: int) -> tuple[dict[str, Floats], list[str]]:
    """Run a model, as in training, and note what each kernel is multiplied with.

    Returns:
        By the layer's path, rows `(rows, features)`, of convolutions the patches, a random choice where there are many;
        and the other layers that have trainable matrices of their own: what they read cannot be told, or they are not
        called.
    """
    built(model, inputs)
    rng = np.random.default_rng(seed)
    rows: dict[str, list[Floats]] = {}

    def note(original: Any, layer: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        if getattr(layer, "kernel", None) is not None and args and ops.is_tensor(args[0]):
            found = _rows(layer, args[0], rng)
            if found is not None:
                rows.setdefault(layer.path, []).append(found)
        return original(layer, *args, **kwargs)

    with keras.StatelessScope(), around_layers(note):
        called(model, inputs, training=True)
    return {path: np.concatenate(found) for path, found in rows.items()}, _others(model, rows)


def _others(model: Any, rows: Container[str]) -> list[str]:
    """The layers with matrices that have no rows, cells of recurrent ones too: once each, in the model's order."""
    return list(
        dict.fromkeys(
            layer.path
            for layer in model._flatten_layers()
            if layer.path not in rows
            and any(v.trainable and len(v.shape) > 1 for v in layer._trainable_variables)
        )
    )


def _rows(layer: Any, x: Any, rng: np.random.Generator) -> Floats | None:
    array = np.asarray(ops.convert_to_numpy(x), np.float64)
    if isinstance(layer, keras.layers.Dense):
        return _some(array.reshape(-1, array.shape[-1])[_kept(x, 1)], rng)
    if isinstance(layer, keras.layers.EinsumDense):
        count = _contracted(layer.equation)
        features = None if count is None else array.reshape(-1, int(np.prod(array.shape[-count:])))
        return None if features is None else _some(features[_kept(x, count or 1)], rng)
    if type(layer) in _CONVOLUTIONS and layer.groups == 1 and layer.padding in ("same", "valid"):
        return _patches(layer, array, rng)
    return None


def _kept(x: Any, features: int) -> Any:
    """Which rows a mask keeps."""
    mask = getattr(x, "_keras_mask", None)
    if mask is None or tuple(mask.shape) != tuple(x.shape[: len(x.shape) - features]):
        return slice(None)
    return np.asarray(ops.convert_to_numpy(mask)).ravel().astype(bool)


def _contracted(equation: str) -> int | None:
    """How many of the last axes of what is read are summed over; None if it is others."""
    left, output = equation.replace(" ", "").split("->")
    read = left.split(",")[0].replace("...", "")
    summed = [letter not in output for letter in read]
    count = sum(summed)
    return count if count and all(summed[-count:]) else None


def _some(rows: Floats, rng: np.random.Generator) -> Floats:
    if len(rows) <= _ROWS:
        return rows
    return rows[np.sort(rng.choice(len(rows), _ROWS, replace=False))]


def _patches(layer: Any, array: Floats, rng: np.random.Generator) -> Floats:
    """Patches `(rows, window · channels)` at random places; zeros where they hang over."""
    if layer.data_format == "channels_first":
        array = np.moveaxis(array, 1, -1)
    axes = range(1, array.ndim - 1)
    spans = [(k - 1) * d + 1 for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)]
    if layer.padding == "same":
        over = [
            max((-(-array.shape[axis] // s) - 1) * s + span - array.shape[axis], 0)
            for axis, s, span in zip(axes, layer.strides, spans, strict=True)
        ]
        array = np.pad(array, [(0, 0), *((o // 2, o - o // 2) for o in over), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(array, spans, axis=tuple(axes))
    steps = tuple(slice(None, None, s) for s in layer.strides)
    inside = tuple(slice(None, None, d) for d in layer.dilation_rate)
    windows = windows[(slice(None), *steps, slice(None), *inside)]  # batch, places…, channels, window…
    places = windows.shape[: 1 + len(spans)]
    count = int(np.prod(places))
    chosen = np.arange(count) if count <= _ROWS else np.sort(rng.choice(count, _ROWS, replace=False))
    picked = windows[np.unravel_index(chosen, places)]
    return np.moveaxis(picked, 1, -1).reshape(len(chosen), -1)
