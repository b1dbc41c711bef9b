"""Inputs for a model that tells what it takes."""

import re
from typing import Any

import keras
import numpy as np

from maskplay.masks.audit._sequence import masking_value


def example_inputs(model: Any, length: int | None = None, *, rows: int = 3, padded: bool = False) -> Any:
    """Make inputs for a functional or sequential model that reads sequences of one length.

    Ids are random, from 1 to what the Embedding that reads them holds; floats are normal; masks keep what is there.

    Args:
        model: The model.
        length: The number of positions; None takes a prime that is no width of the model.
        rows: The batch.
        padded: Whether rows end in padding: the first has none, the second most.

    Returns:
        Arrays in the model's own nest.

    Raises:
        ValueError: The model does not tell its inputs, or what may stand in one of them.

    >>> model = keras.Sequential([keras.Input((None,), dtype="int32"), keras.layers.Embedding(11, 4)])
    >>> example_inputs(model, length=5, padded=True).shape
    (3, 5)
    """
    inputs = getattr(model, "inputs", None) if isinstance(model, keras.Model) else None
    if not inputs:
        raise ValueError(
            "This model does not tell what its inputs look like. Pass `inputs`: arrays of a small batch."
        )
    length = _length(model, inputs, length)
    rows = next((int(x.shape[0]) for x in inputs if x.shape[0] is not None), rows)
    kept = np.arange(length) < (_lengths(rows, length) if padded else np.full(rows, length))[:, None]
    rng = np.random.default_rng(0)
    told = any(_is_mask(x) for x in inputs)
    arrays = [_example(model, x, kept, rng, told) for x in inputs]
    nest = getattr(model, "_inputs_struct", None)
    if nest is None:  # a Sequential model, of one input
        return arrays[0]
    return keras.tree.pack_sequence_as(nest, arrays)


def _lengths(rows: int, length: int) -> np.ndarray:
    """`length`, then shares of it, 1 at least."""
    return np.array([max(1, length - (i * length) // rows) for i in range(rows)])


def _length(model: Any, inputs: list, length: int | None) -> int:
    fixed = {int(x.shape[1]) for x in inputs if _has_length(x) and x.shape[1] is not None}
    if len(fixed) > 1:
        raise ValueError(
            f"The inputs of this model have several lengths, {sorted(fixed)}. Pass `inputs`: arrays of a small batch."
        )
    if fixed and length not in (None, *fixed):
        raise ValueError(f"This model takes sequences of length {fixed.pop()}. Received: length {length}")
    if fixed or length is not None:
        return fixed.pop() if fixed else int(length)  # type: ignore[arg-type]
    widths = {size for weight in model.weights for size in weight.shape}
    return next(n for n in (7, 11, 13, 17, 19, 23, 29, 31) if n not in widths)


def _has_length(x: Any) -> bool:
    return len(x.shape) >= 3 or (len(x.shape) == 2 and (x.shape[1] is None or not _is_float(x)))


def _is_float(x: Any) -> bool:
    return "float" in str(x.dtype)


def _is_mask(x: Any) -> bool:
    return _has_length(x) and (x.dtype == "bool" or (not _is_float(x) and x.name.lower().endswith("mask")))


def _example(model: Any, x: Any, kept: np.ndarray, rng: np.random.Generator, told: bool) -> np.ndarray:
    if _is_mask(x):
        return kept if x.dtype == "bool" else kept.astype(np.int32)
    shape = (*kept.shape, *x.shape[2:]) if _has_length(x) else (len(kept), *x.shape[1:])
    if any(size is None for size in shape) or not (_is_float(x) or _has_length(x)):
        raise ValueError(
            f"What to put in the input {x.name!r} of shape {tuple(x.shape)} and type {x.dtype} is not known. "
            "Pass `inputs`: arrays of a small batch."
        )
    if _is_float(x):
        values, pad = rng.normal(size=shape).astype(np.float32), masking_value(model)
        if pad is None or not _has_length(x):
            return values
        return np.where(kept.reshape(*kept.shape, *[1] * (len(shape) - 2)), values, np.float32(pad))
    count = _embedding_rows(x, x.name, set())
    if count is None:
        raise ValueError(
            f"What integers the input {x.name!r} may hold is not known: no Embedding reads it. "
            "Pass `inputs`: arrays of a small batch."
        )
    ids = rng.integers(1 if count > 2 else 0, count, shape).astype(np.int32)
    return ids if told else np.where(kept, ids, 0)


def _embedding_rows(tensor: Any, name: str, seen: set[int]) -> int | None:
    """The rows of the smallest embedding that reads a symbolic tensor, or None.

    A layer that reads several inputs does not tell which of its embeddings is for which: those that are named as the
    input is, if there are some.
    """
    if id(tensor) in seen:
        return None
    seen.add(id(tensor))
    found = []
    for node in tensor._keras_history.operation._outbound_nodes:
        places = [i for i, x in enumerate(node.input_tensors) if x is tensor]
        operation = node.operation
        if not places:
            continue
        if isinstance(operation, keras.Model) and getattr(operation, "inputs", None):
            found += [_embedding_rows(operation.inputs[i], name, seen) for i in places]
        elif isinstance(operation, keras.layers.Layer):
            embeddings = [e for e in operation._flatten_layers() if isinstance(e, keras.layers.Embedding)]
            named = [e for e in embeddings if e.name.startswith(_stem(name))]
            found += [int(e.input_dim) for e in named or embeddings]
    return min((rows for rows in found if rows is not None), default=None)


def _stem(name: str) -> str:
    """Give what the name of an input has in common with that of its embedding: "token" of "tokens" and "token_ids"."""
    return re.sub(r"(_?ids?|s)$", "", name)
