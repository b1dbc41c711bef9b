"""A reader as a folder: what is in it, and how it is written and read."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as to_bytes

from maskplay._files import check_above, check_alone, digest, written_whole_folder
from maskplay.models import AlignedReader, DGCNNReader
from maskplay.models.checkpoints.source import VOCABULARY_FILES
from maskplay.reading.checkpoint import checkpoint_files
from maskplay.reading.checkpoint.checkpoint_files import SpanCheckpoint
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
_OURS = (CONFIG, WEIGHTS, VOCABULARY, VECTORS, CARD, checkpoint_files.JUDGEMENT, *VOCABULARY_FILES)
_KIND = "maskplay reader"
_NETWORKS = {"aligned": AlignedReader, "dgcnn": DGCNNReader}


def bundled() -> Path:
    """Find the folder of the reader that comes with the package."""
    return Path(str(resources.files("maskplay.reading") / "bundled"))


def save(reader: "Reader", folder: Path) -> None:
    """Write a reader beside its place, then put it there; a model card that was there stays."""
    check_place(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with written_whole_folder(folder) as unfinished:
        _write(reader, unfinished)
        if (folder / CARD).exists():
            shutil.copy(folder / CARD, unfinished / CARD)


def check_place(folder: Path) -> None:
    """Require a place where a reader can be written: nothing, an empty folder, or another reader alone.

    Raises:
        FileExistsError: if something else is there, beside a reader too.
        NotADirectoryError: if it lies in a file.
    """
    check_above(folder)
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        if not checkpoint_files.is_saved(folder):
            _config(folder)
    except (OSError, ValueError) as error:
        raise FileExistsError(
            f"{folder} must be a new or empty folder, or one that holds a reader; it is neither. {error}"
        ) from None
    check_alone(folder, _OURS, "a reader")


def _write(reader: "Reader", folder: Path) -> None:
    if isinstance(reader.config, SpanCheckpoint):
        checkpoint_files.write(reader, reader.config.folder, folder)
        return
    if not isinstance(reader.encode, TextEncoder):
        raise TypeError(f"A reader of characters has a TextEncoder. Received: {reader.encode!r:.60}")
    weights = {name: array.astype(np.float16) for name, array in reader.weights().items()}
    # Not save_file, whose error for a full disk is no OSError.
    (folder / WEIGHTS).write_bytes(to_bytes(weights))
    reader.encode.vocabulary.save(folder / VOCABULARY)
    reader.encode.vectors.save(folder / VECTORS, dtype="int8")
    config = {
        "kind": _KIND,
        "version": 1,
        "network": {"name": network_name(reader.config), **reader.config.to_dict()},
        "judgement": reader.judgement.to_dict(),
        "sha256": {name: digest(folder / name) for name in (WEIGHTS, VOCABULARY, VECTORS)},
    }
    (folder / CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")


def load(folder: Path) -> "Reader":
    """Read a reader; see `Reader.load`."""
    from maskplay.reading.reader import Reader

    config = _config(folder)
    try:
        network = _network(config["network"])
        judgement = Judgement.from_dict(config["judgement"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / CONFIG} is damaged, or not of a reader: {error}") from None
    _check_digests(
        folder, config.get("sha256")
    )  # before any is read: what is damaged could look like anything
    encode = TextEncoder(
        CharVocabulary.load(_existing(folder, VOCABULARY)), WordVectors.load(_existing(folder, VECTORS))
    )
    _check_sizes(folder, network, encode)
    return Reader(network, encode, judgement, _weights(_existing(folder, WEIGHTS), network.weight_shapes()))


def _config(folder: Path) -> dict[str, Any]:
    path = _existing(folder, CONFIG)
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged: it must be JSON in UTF-8. {error}") from None
    if not isinstance(config, dict) or config.get("kind") != _KIND:
        raise ValueError(f'{path} must be the configuration of a reader (with "kind": "{_KIND}"); it is not.')
    if config.get("version") != 1:
        raise ValueError(f"{path} must have version 1. Received: {config.get('version')!r}. Update maskplay.")
    return config


def _network(stored: Any) -> AlignedReader | DGCNNReader:
    if not isinstance(stored, dict) or stored.get("name") not in list(_NETWORKS):
        raise ValueError(f"the network must have a name, one of {', '.join(_NETWORKS)}")
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in stored.items() if key != "name"}
    network = _NETWORKS[stored["name"]](**values)
    for field in fields(network):
        value = getattr(network, field.name)
        share = field.name == "dropout" and isinstance(value, int | float) and 0 <= value < 1
        sizes = value if isinstance(field.default, tuple) else (value,)
        if not share and not (isinstance(sizes, tuple) and all(map(_is_size, sizes))):
            raise ValueError(f"the network's {field.name} cannot be {value!r:.60}")
    return network


def _is_size(value: Any) -> bool:
    return type(value) is int and value > 0


def network_name(config: AlignedReader | DGCNNReader) -> str:
    """Give the name by which a network is stored, and asked for in training."""
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


def _check_digests(folder: Path, digests: Any) -> None:
    for name in (VOCABULARY, VECTORS, WEIGHTS):
        wanted = digests.get(name) if isinstance(digests, dict) else None
        if digest(_existing(folder, name)) != wanted:
            raise ValueError(
                f"{folder / name} is damaged, or belongs to another reader: {CONFIG} has another SHA-256 for it. "
                "Copy the whole folder, or train it again."
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
