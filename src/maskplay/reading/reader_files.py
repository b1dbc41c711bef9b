"""A reader as a folder: what is in it, and how it is written and read."""

import json
import os
import shutil
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from maskplay.models import AlignedReader, DGCNNReader
from maskplay.reading.judgement import Judgement
from maskplay.reading.text_encoder import TextEncoder
from maskplay.text import CharVocabulary, WordVectors

if TYPE_CHECKING:
    from maskplay.reading.reader import Reader

CONFIG, WEIGHTS, VOCABULARY, VECTORS = (
    "config.json",
    "model.safetensors",
    "vocabulary.json",
    "vectors.safetensors",
)
CARD = "README.md"
_KIND = "maskplay reader"
_NETWORKS = {"aligned": AlignedReader, "dgcnn": DGCNNReader}


def bundled() -> Path:
    """Find the folder of the reader that comes with the package."""
    return Path(str(resources.files("maskplay.reading") / "bundled"))


def save(reader: "Reader", folder: Path) -> None:
    """Write a reader beside its place, then put it there."""
    if folder.exists() and not (folder / CONFIG).exists() and any(folder.iterdir()):
        raise FileExistsError(
            f"{folder} must be a new or empty folder, or one that holds a reader; it is neither."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    weights = {name: array.astype(np.float16) for name, array in reader.weights().items()}
    save_file(weights, unfinished / WEIGHTS)
    if (folder / CARD).exists():
        shutil.copy(folder / CARD, unfinished / CARD)
    reader.encode.vocabulary.save(unfinished / VOCABULARY)
    reader.encode.vectors.save(unfinished / VECTORS, dtype="int8")
    network = {"name": _name(reader.config), **reader.config.to_dict()}
    config = {"kind": _KIND, "version": 1, "network": network, "judgement": reader.judgement.to_dict()}
    (unfinished / CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")
    _put_in_place(unfinished, folder)


def load(folder: Path) -> "Reader":
    """Read a reader; see `Reader.load`."""
    from maskplay.reading.reader import Reader

    config = _config(folder)
    try:
        network = _network(config["network"])
        judgement = Judgement.from_dict(config["judgement"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / CONFIG} is damaged, or not of a reader: {error}") from None
    encode = TextEncoder(
        CharVocabulary.load(_existing(folder, VOCABULARY)), WordVectors.load(_existing(folder, VECTORS))
    )
    _check_sizes(folder, network, encode)
    return Reader(network, encode, judgement, _weights(_existing(folder, WEIGHTS), network.weight_shapes()))


def _config(folder: Path) -> dict[str, Any]:
    path = _existing(folder, CONFIG)
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is damaged: it must be JSON in UTF-8. {error}") from None
    if not isinstance(config, dict) or config.get("kind") != _KIND:
        raise ValueError(f'{path} must be the configuration of a reader (with "kind": "{_KIND}"); it is not.')
    if config.get("version") != 1:
        raise ValueError(f"{path} must have version 1. Received: {config.get('version')!r}. Update maskplay.")
    return config


def _network(stored: Mapping[str, Any]) -> AlignedReader | DGCNNReader:
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in stored.items() if key != "name"}
    if stored["name"] not in _NETWORKS:
        raise ValueError(f"the network must be one of {', '.join(_NETWORKS)}, not {stored['name']!r}")
    return _NETWORKS[stored["name"]](**values)


def _name(config: AlignedReader | DGCNNReader) -> str:
    return next(name for name, kind in _NETWORKS.items() if isinstance(config, kind))


def _existing(folder: Path, name: str) -> Path:
    if not folder.is_dir():
        raise FileNotFoundError(f"A reader is a folder, and there is none at {folder}.")
    if not (folder / name).is_file():
        raise FileNotFoundError(
            f"The reader in {folder} lacks {name}. Copy the whole folder, or train it again."
        )
    return folder / name


def _check_sizes(folder: Path, network: AlignedReader | DGCNNReader, encode: TextEncoder) -> None:
    for file, wanted, found in (
        (VOCABULARY, network.vocabulary_size, len(encode.vocabulary)),
        (VECTORS, network.word_count, len(encode.vectors)),
        (VECTORS, network.word_dim, encode.vectors.dim),
    ):
        if wanted != found:
            raise ValueError(
                f"{folder / file} belongs to another reader: {CONFIG} wants a size of {wanted}. Received: {found}"
            )


def _weights(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    try:
        arrays = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is damaged, or not a safetensors file: {error}") from None
    if set(arrays) != set(shapes):
        other = sorted(set(arrays) ^ set(shapes))
        raise ValueError(f"{path} belongs to another reader: weights differ in {', '.join(other[:3])}.")
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ValueError(
                f"{path} belongs to another reader: {name} must have the shape {shape}. Received: {arrays[name].shape}"
            )
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"{path} is damaged: {name} must be finite, and is not.")
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def _put_in_place(unfinished: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(unfinished, folder)
    shutil.rmtree(old, ignore_errors=True)
