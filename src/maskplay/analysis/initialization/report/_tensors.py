"""A batch as the tensors that a model wants."""

from typing import Any

import keras
import numpy as np
from keras import ops


def tensors_of(model: Any, batch: Any) -> Any:
    """The batch as tensors, of the types that a functional model wants.

    Raises:
        TypeError: that is no Keras model.
        ValueError: the batch does not fit it. (A subclassed model tells only when it is called.)
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"A Keras model is needed. Received: {type(model).__name__}")
    flat = keras.tree.flatten(batch)
    if not flat:
        raise ValueError("The batch must hold at least one array. Received: nothing")
    wanted = _wanted(model, batch, len(flat))
    rows = {len(x) if np.ndim(x) else 0 for x in flat}
    if len(rows) != 1 or rows.pop() < 2:
        shapes = ", ".join(str(np.shape(x)) for x in flat)
        raise ValueError(
            f"The batch must have 2 samples or more, all arrays the same number. Received: {shapes}"
        )
    made = []
    for x, target in zip(flat, wanted, strict=True):
        array = x if ops.is_tensor(x) else np.asarray(x)
        kind = keras.backend.standardize_dtype((array if target is None else target).dtype)
        if target is not None and not _fits(tuple(array.shape), tuple(target.shape)):
            raise ValueError(
                f"The batch must have the shape {tuple(target.shape)} for the model's input {target.name!r}, where "
                f"None may be any number. Received: {tuple(array.shape)}. Give the array that was made for this input"
            )
        made.append(ops.convert_to_tensor(array, dtype=keras.config.floatx() if kind == "float64" else kind))
    return keras.tree.pack_sequence_as(batch, made) if keras.tree.is_nested(batch) else made[0]


def _wanted(model: Any, batch: Any, count: int) -> list[Any]:
    """The model's input for each array of the batch; None where the model does not tell."""
    inputs = list(getattr(model, "inputs", None) or [])
    if not inputs:
        return [None] * count
    if len(inputs) != count:
        names = ", ".join(x.name for x in inputs)
        raise ValueError(
            f"The batch must have an array for each of the model's {len(inputs)} inputs. Received: {count}. "
            f"Give one each for {names}"
        )
    if isinstance(batch, dict):
        struct = model._inputs_struct
        known = struct if isinstance(struct, dict) else {x.name: x for x in inputs}
        if set(batch) != set(known):
            raise ValueError(
                f"The batch must have the model's inputs as its keys, {', '.join(known)}. "
                f"Received: {', '.join(map(str, batch))}. Rename the keys, or give a list of arrays"
            )
        return keras.tree.flatten(
            {name: known[name] for name in batch}
        )  # in the order of the batch's own arrays
    return inputs


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    """Whether an array has the shape of an input, but for a last axis of 1, which Keras adds and takes by itself."""
    if len(shape) == len(wanted) + 1 and shape[-1] == 1:
        shape = shape[:-1]
    elif len(shape) == len(wanted) - 1 and wanted[-1] == 1:
        shape = (*shape, 1)
    return len(shape) == len(wanted) and all(w is None or w == s for s, w in zip(shape, wanted, strict=True))
