"""A writer as a folder: what is in it, and how it is written and read."""

import json
import shutil
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as to_bytes

from maskplay._files import check_above, check_alone, digest, written_whole_folder
from maskplay.models import TransformerConfig
from maskplay.models.checkpoints.source import VOCABULARY_FILES
from maskplay.writing.character_coder import VOCABULARY
from maskplay.writing.check_rows import check_rows
from maskplay.writing.coder import load_coder
from maskplay.writing.training_model import training_model

if TYPE_CHECKING:
    from maskplay.writing.writer import Writer

CONFIG, WEIGHTS, CARD = "config.json", "model.safetensors", "README.md"
_OURS = (CONFIG, WEIGHTS, CARD, VOCABULARY, *VOCABULARY_FILES)
_KIND = "maskplay writer"
_MEND = "Copy the whole folder, or train it again."


def bundled() -> Path:
    """Find the folder of the writer that comes with the package.

    Raises:
        FileNotFoundError: There is none in this version.
    """
    folder = Path(str(resources.files("maskplay.writing") / "bundled"))
    if not (folder / CONFIG).is_file():
        raise FileNotFoundError(
            "No writer comes with this version of maskplay. Train one (maskplay write train) and name its folder."
        )
    return folder


def is_writer(folder: Path) -> bool:
    """Say whether there is a writer in a folder."""
    try:
        _config(folder)
    except (OSError, ValueError):
        return False
    return True


def is_meant_as_writer(folder: Path) -> bool:
    """Say whether there is a writer in a folder, sound or not: what is wrong with it is for `load` to tell."""
    if (folder / VOCABULARY).is_file():  # no checkpoint has it
        return True
    try:
        return _json(folder / CONFIG).get("kind") == _KIND
    except (OSError, ValueError):
        return False


def check_place(folder: Path) -> None:
    """Require a place where a writer can be written: nothing, an empty folder, or another writer alone.

    Raises:
        FileExistsError: Something else is there, beside a writer too.
        NotADirectoryError: It lies in a file.
    """
    check_above(folder)
    if folder.exists() and not is_writer(folder) and not (folder.is_dir() and not any(folder.iterdir())):
        raise FileExistsError(
            f"{folder} must be a new or empty folder, or one that holds a writer; it is neither."
        )
    check_alone(folder, _OURS, "a writer")


def save(writer: "Writer", folder: Path, dtype: str) -> None:
    """Write a writer beside its place, then put it there; a model card that was there stays."""
    check_place(folder)
    if dtype not in ("float16", "float32"):
        raise ValueError(f'dtype must be "float16" or "float32". Received: {dtype!r}')
    folder.parent.mkdir(parents=True, exist_ok=True)
    weights = {name: value.astype(dtype) for name, value in _weights(writer.network).items()}
    for name, value in weights.items():
        if not np.isfinite(value).all():
            raise ValueError(f'{name} does not fit into {dtype}; save with dtype="float32".')
    with written_whole_folder(folder) as unfinished:
        (unfinished / WEIGHTS).write_bytes(to_bytes(weights))
        writer.coder.save(unfinished)
        names = sorted(path.name for path in unfinished.iterdir())
        config = {
            "kind": _KIND,
            "version": 1,
            "network": writer.network.config.to_dict(),
            "text": writer.coder.kind,
            "sha256": {name: digest(unfinished / name) for name in names},
        }
        (unfinished / CONFIG).write_text(json.dumps(config, indent=1), encoding="utf-8")
        if (folder / CARD).is_file():
            shutil.copy(folder / CARD, unfinished / CARD)


def load(folder: Path) -> "Writer":
    """Read a writer; see `Writer.load`."""
    from maskplay.writing.writer import Writer

    config = _config(folder)
    _check_digests(folder, config.get("sha256"))
    try:
        network = TransformerConfig.from_dict({**config["network"], "head": "masked_lm"})
        coder = load_coder(config["text"], folder)
        check_rows(network, coder)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{folder / CONFIG} is damaged, or not of a writer: {error}. {_MEND}") from None
    # The digest of the configuration, which has those of all files.
    writer = Writer(training_model(network), coder, digest(folder / CONFIG))
    _fill(writer.network, folder / WEIGHTS)
    return writer


def _config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG
    if not path.is_file():
        raise FileNotFoundError(
            f"A writer is a folder with {CONFIG}, and there is none at {folder}. Name another, or train one."
        )
    config = _json(path)
    if config.get("kind") != _KIND:
        raise ValueError(f'{path} must be the configuration of a writer (with "kind": "{_KIND}"); it is not.')
    if config.get("version") != 1:
        raise ValueError(f"{path} must have version 1. Received: {config.get('version')!r}. Update maskplay.")
    return config


def _json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged: it must be JSON in UTF-8. {error}. {_MEND}") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path} is damaged: it must be a JSON object. {_MEND}")
    return values


def _check_digests(folder: Path, digests: Any) -> None:
    read = [WEIGHTS, *(name for name in (VOCABULARY, *VOCABULARY_FILES) if (folder / name).is_file())]
    lacking = [name for name in read if not isinstance(digests, dict) or name not in digests]
    if lacking:
        raise ValueError(
            f"{folder / CONFIG} is damaged: it lacks the SHA-256 of {', '.join(lacking)}. {_MEND}"
        )
    for name, wanted in digests.items():
        path = folder / Path(name).name
        if not path.is_file():
            raise FileNotFoundError(f"The writer in {folder} lacks {name}. {_MEND}")
        if digest(path) != wanted:
            raise ValueError(
                f"{path} is damaged, or belongs to another writer: {CONFIG} has another SHA-256 for it. {_MEND}"
            )


def _weights(network: Any) -> dict[str, np.ndarray]:
    return {
        weight.path.split("/", 1)[1]: np.asarray(ops.convert_to_numpy(weight.value), "float32")
        for weight in network.trainable_weights
    }


def _fill(network: Any, path: Path) -> None:
    try:
        arrays = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is damaged, or not a safetensors file: {error}. {_MEND}") from None
    weights = {weight.path.split("/", 1)[1]: weight for weight in network.trainable_weights}
    if set(arrays) != set(weights):
        other = sorted(set(arrays) ^ set(weights))
        raise ValueError(
            f"{path} belongs to another writer: weights differ in {', '.join(other[:3])}. {_MEND}"
        )
    for name, weight in weights.items():
        if arrays[name].shape != tuple(weight.shape):
            raise ValueError(
                f"{path} belongs to another writer: {name} must have the shape {tuple(weight.shape)}. Received: "
                f"{arrays[name].shape}. {_MEND}"
            )
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"{path} is damaged: {name} must be finite, and is not. {_MEND}")
        weight.assign(arrays[name].astype("float32"))
