"""Arrays for a model, from a file."""

from pathlib import Path
from typing import Any

from maskplay.cli.refusal import Refusal


def arrays_in(path: Path) -> Any:
    """Read an array (.npy), or arrays by name (.npz); never a pickle.

    Raises:
        Refusal: The file holds something else.
    """
    import zipfile

    import numpy as np

    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            arrays = loaded if isinstance(loaded, np.ndarray) else dict(loaded)
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise Refusal(f"{path}: no .npz or .npy file of plain numbers.") from error
    if any(x.size == 0 for x in (arrays.values() if isinstance(arrays, dict) else [arrays])):
        raise Refusal(f"{path}: its arrays must hold numbers. Received: an empty one. Give a few rows.")
    return arrays


def inputs_of(model: Any, arrays: Any, path: Path, samples: int) -> Any:
    """Give the first samples, in the nest that the model takes.

    Args:
        model: in Keras.
        arrays: an array, or arrays by the names of the model's inputs; of a single input and a single array the names
            may differ.
        path: of the file, for messages.
        samples: how many.

    Raises:
        Refusal: An input has no array.
    """
    import keras

    if not isinstance(arrays, dict):
        return arrays[:samples]
    first = {name: array[:samples] for name, array in arrays.items()}
    inputs = getattr(model, "inputs", None)
    if not inputs:
        return next(iter(first.values())) if len(first) == 1 else first
    names = [x.name for x in inputs]
    missing = [name for name in names if name not in first]
    if missing and len(first) == len(names) == 1:
        return next(iter(first.values()))
    if missing:
        raise Refusal(
            f"{path}: it must have an array for each input, {', '.join(names)}. Missing: {', '.join(missing)}"
        )
    nest = getattr(model, "_inputs_struct", None)
    flat = [first[name] for name in names]
    return flat[0] if nest is None else keras.tree.pack_sequence_as(nest, flat)
