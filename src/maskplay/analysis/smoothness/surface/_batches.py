"""Data as batches of tensors that fit a model."""

from typing import Any

import keras
import numpy as np
from keras import ops


def batches_of(model: Any, data: Any, batch_size: int | None) -> list[tuple[Any, Any]]:
    """Batches (inputs, targets) of one size; see `LossSurface`.

    Raises:
        TypeError: that is no Keras model, or the data are no pair.
        ValueError: the data do not fit each other or the model, or are too few for a batch.
    """
    _check_model(model)
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise TypeError(f"data must be a pair (inputs, targets). Received: {type(data).__name__}")
    inputs, targets = (keras.tree.map_structure(_array, one) for one in data)
    flat = [*keras.tree.flatten(inputs), *keras.tree.flatten(targets)]
    rows = {len(x) if np.ndim(x) else 0 for x in flat}
    if len(rows) != 1 or (count := rows.pop()) < 1:
        shapes = ", ".join(str(np.shape(x)) for x in flat)
        raise ValueError(
            f"Inputs and targets must have the same number of samples, 1 or more. Received: {shapes}"
        )
    _check_inputs(model, keras.tree.flatten(inputs))
    size = count if batch_size is None else batch_size
    if not 1 <= size <= count:
        raise ValueError(f"batch_size must be from 1 to the {count} samples. Received: {size}")
    return [
        tuple(
            keras.tree.map_structure(lambda x, at=start: ops.convert_to_tensor(x[at : at + size]), one)
            for one in (inputs, targets)
        )
        for start in range(0, count - size + 1, size)
    ]


def inputs_for(model: Any, data: Any) -> Any:
    """Inputs alone, as tensors.

    Raises:
        TypeError: that is no Keras model.
        ValueError: the data do not fit it.
    """
    _check_model(model)
    inputs = keras.tree.map_structure(_array, data)
    flat = keras.tree.flatten(inputs)
    if not flat or any(np.ndim(x) < 1 or len(x) < 1 for x in flat):
        raise ValueError("The inputs must hold 1 sample or more. Received: nothing")
    _check_inputs(model, flat)
    return keras.tree.map_structure(ops.convert_to_tensor, inputs)


def _check_model(model: Any) -> None:
    if not isinstance(model, keras.Model):
        raise TypeError(f"A Keras model is needed. Received: {type(model).__name__}")


def _array(x: Any) -> Any:
    array = np.asarray(ops.convert_to_numpy(x) if ops.is_tensor(x) else x)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"Inputs and targets must be numbers. Received: an array of {array.dtype}")
    return array.astype(keras.config.floatx()) if array.dtype == np.float64 else array


def _check_inputs(model: Any, arrays: list[Any]) -> None:
    wanted = getattr(model, "inputs", None)
    if not wanted:
        return
    if len(wanted) != len(arrays):
        raise ValueError(
            f"The inputs must be an array for each of the model's {len(wanted)}. Received: {len(arrays)}"
        )
    for one, array in zip(wanted, arrays, strict=True):
        shape = tuple(one.shape)
        fits = len(shape) == array.ndim and all(
            a in (None, b) for a, b in zip(shape[1:], array.shape[1:], strict=True)
        )
        if not fits:
            raise ValueError(f"Input {one.name} must have the shape {shape}. Received: {array.shape}")
