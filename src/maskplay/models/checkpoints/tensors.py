"""The tensors of a folder, whatever it keeps them in."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from maskplay.models.checkpoints.checkpoint_error import CheckpointError
from maskplay.models.checkpoints.pickle_reader import read_pickle

Tensors = dict[str, np.ndarray]

_WHOLE = {"model.safetensors": "safetensors", "pytorch_model.bin": "bin"}
_OLD_NAMES = {".gamma": ".weight", ".beta": ".bias"}


def read_tensors(folder: Path) -> Tensors:
    """Read all tensors of a folder by name, numbers with a point as float32.

    Raises:
        FileNotFoundError: There is no file of tensors.
        CheckpointError: A file is damaged.
    """
    for name, kind in _WHOLE.items():
        files = _pieces(folder, name)
        if files:
            tensors: Tensors = {}
            for file in files:
                read = _read_safetensors(file) if kind == "safetensors" else dict(read_pickle(file))
                tensors |= {_named_now(key): _float32(value) for key, value in read.items()}
            return tensors
    raise FileNotFoundError(
        f"{folder} has no tensors. It must have one of {', '.join(_WHOLE)}, or the index of their pieces."
    )


def _pieces(folder: Path, name: str) -> list[Path]:
    if (folder / name).is_file():
        return [folder / name]
    index = folder / f"{name}.index.json"
    if not index.is_file():
        return []
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise CheckpointError(f"{index} is no index of pieces: {error}") from error
    wrong = [n for n in names if not isinstance(n, str) or Path(n).name != n or not (folder / n).is_file()]
    if wrong:
        raise CheckpointError(
            f"{index} names pieces that are not in its folder: {', '.join(map(str, wrong))}"
        )
    return [folder / name for name in names]


def _read_safetensors(file: Path) -> Tensors:
    import safetensors
    from safetensors.numpy import load_file

    try:
        return load_file(file)
    except (AttributeError, KeyError) as error:  # as safetensors tells of numbers that NumPy lacks
        raise CheckpointError(
            f"{file} must hold numbers of a type that NumPy has, such as float32 or float16. Received: others "
            f"({error}). Save the checkpoint anew in one of these."
        ) from error
    except (safetensors.SafetensorError, ValueError, TypeError, OSError) as error:
        raise CheckpointError(f"{file} is damaged: {error}") from error


def _named_now(name: str) -> str:
    """Give the name that a tensor has had since 2019."""
    for old, new in _OLD_NAMES.items():
        name = name.removesuffix(old) + new if name.endswith(old) else name
    return name


def _float32(x: np.ndarray) -> np.ndarray:
    # bfloat16 is no type of NumPy's own.
    floating = x.dtype.kind == "f" or x.dtype.name == "bfloat16"
    return np.ascontiguousarray(x, "float32") if floating else x


def with_prefix(tensors: Tensors, prefix: str, heads: tuple[str, ...]) -> Tensors:
    """Give the tensors with the name of the network before those of the encoder, which bare encoders leave out."""
    if any(name.startswith(prefix) for name in tensors):
        return tensors
    return {name if name.startswith(heads) else prefix + name: tensor for name, tensor in tensors.items()}


def not_finite(tensors: Tensors) -> Iterator[str]:
    """Give the names of tensors that hold NaN or infinity."""
    for name, tensor in tensors.items():
        if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
            yield name
