"""The arrays that a model takes or gives, each with a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

Name = str | int


@dataclass(frozen=True)
class Leaves:
    """Arrays out of a nest of dicts and lists, with a name for each.

    Attributes:
        names: The path of each in the nest ("ids", "encoder.keys"), or the model's own name for it.
        arrays: The arrays.
        nest: What they came in, to be packed again.
    """

    names: tuple[str, ...]
    arrays: tuple[np.ndarray, ...]
    nest: Any

    @classmethod
    def of_inputs(cls, model: Any, inputs: Any) -> "Leaves":
        """Take the caller's inputs apart; floats become float32 and integers int32."""
        known = [tensor.name for tensor in getattr(model, "inputs", None) or []]
        paths, values = _flat(inputs)
        arrays = tuple(_plain(path, value) for path, value in zip(paths, values, strict=True))
        if not arrays or any(x.ndim == 0 for x in arrays):
            raise ValueError(
                "inputs must be arrays with a batch axis, or a dict or list of such. Received shapes: "
                f"{[x.shape for x in arrays]}"
            )
        return cls(_names(paths, known, inputs, "input"), arrays, inputs)

    @classmethod
    def of_outputs(cls, model: Any, outputs: Any) -> "Leaves":
        """Take the outputs of a model apart."""
        paths, values = _flat(outputs)
        arrays = tuple(to_numpy(value) for value in values)
        return cls(
            _names(paths, getattr(model, "output_names", None) or [], outputs, "output"), arrays, outputs
        )

    def pack(self, arrays: Sequence[Any]) -> Any:
        """Put other arrays into the same nest."""
        return keras.tree.pack_sequence_as(self.nest, list(arrays))

    def index(self, name: Name, what: str) -> int:
        """Find a leaf by its name or number."""
        if isinstance(name, int) and 0 <= name < len(self.arrays):
            return name
        if isinstance(name, str) and name in self.names:
            return self.names.index(name)
        raise ValueError(f"{what} must name one of {list(self.names)}. Received: {what}={name!r}")

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Tell the shape of each, for messages."""
        return {name: x.shape for name, x in zip(self.names, self.arrays, strict=True)}


def to_numpy(x: Any) -> np.ndarray:
    """An array of any backend as NumPy; half precision as float32."""
    if isinstance(x, np.ndarray):
        array = x
    else:
        dtype = keras.backend.standardize_dtype(x.dtype) if hasattr(x, "dtype") else ""
        array = keras.ops.convert_to_numpy(keras.ops.cast(x, "float32") if dtype == "bfloat16" else x)
    return array if array.dtype.kind in "fiub" else array.astype(np.float32)


def _flat(nest: Any) -> tuple[list[str], list[Any]]:
    pairs = keras.tree.flatten_with_path(nest)
    return [".".join(map(str, path)) for path, _ in pairs], [value for _, value in pairs]


def _names(paths: list[str], known: list[str], nest: Any, word: str) -> tuple[str, ...]:
    if not isinstance(nest, dict) and len(known) == len(paths):
        return tuple(known)
    return tuple(path or word for path in paths)


def _plain(path: str, value: Any) -> np.ndarray:
    array = to_numpy(value) if keras.ops.is_tensor(value) else np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"inputs must be numbers or booleans. Received: {path or 'an array'} of type {array.dtype}"
        )
    return array.astype({"f": np.float32, "i": np.int32, "u": np.int32}.get(array.dtype.kind, array.dtype))
