"""Google's TensorFlow 1 checkpoints of BERT, read without TensorFlow.

`bert_model.ckpt.index` is a sorted table of LevelDB's format: blocks of keys, each key told by what it does not share
with the one before, then an index of the blocks, then a footer. A value says where in `bert_model.ckpt.data-…` the
numbers of a tensor lie, as a protocol buffer.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from maskplay.models.checkpoints.checkpoint_error import CheckpointError

_NAME = "bert_model.ckpt"
_MAGIC = bytes.fromhex("57fb808b247547db")
_FOOTER = 48
_TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 19: "<f2"}
_OF_TRAINING = ("adam_m", "adam_v", "global_step", "power")


def is_tensorflow1(folder: Path) -> bool:
    """Whether a folder holds such a checkpoint, and none of another kind."""
    others = any(folder.glob("*.safetensors")) or any(folder.glob("pytorch_model*"))
    return not others and (folder / f"{_NAME}.index").is_file()


def read_tensorflow1(folder: Path) -> dict[str, np.ndarray]:
    """Read the tensors of a folder, under the names that Hugging Face gives them.

    Raises:
        CheckpointError: The files are damaged, or not of BERT.
    """
    file = folder / f"{_NAME}.index"
    try:
        found = {name: _tensor(folder, value) for name, value in _entries(file.read_bytes()) if name}
    except (ValueError, IndexError, KeyError, OSError, MemoryError, OverflowError) as error:
        raise CheckpointError(f"{file} is no whole checkpoint of TensorFlow: {error}") from error
    return {
        _renamed(name): _turned(name, x)
        for name, x in found.items()
        if name.rsplit("/")[-1] not in _OF_TRAINING
    }


def _entries(table: bytes) -> Iterator[tuple[str, dict[int, list[int | bytes]]]]:
    """Give the keys and values of all blocks; a value by the numbers of its fields."""
    if len(table) < _FOOTER or table[-8:] != _MAGIC:
        raise ValueError("it does not end as such a file does")
    at = len(table) - _FOOTER
    for _ in range(2):  # the handle of the metaindex, which is not needed
        _, at = _number(table, at)
    for _, handle in _block(table, *_handle(table, at)):
        for key, value in _block(table, *_handle(handle, 0)):
            yield key.decode("utf-8"), _fields(value)


def _handle(data: bytes, at: int) -> tuple[int, int]:
    offset, at = _number(data, at)
    return offset, _number(data, at)[0]


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    block = table[offset : offset + size]
    if len(block) != size or offset + size >= len(table):
        raise ValueError("a block reaches beyond the file")
    if table[offset + size] != 0:
        raise ValueError("its index is compressed")
    restarts = int.from_bytes(block[-4:], "little")
    at, end, key = 0, size - 4 * (restarts + 1), b""
    while at < end:
        shared, at = _number(block, at)
        own, at = _number(block, at)
        length, at = _number(block, at)
        key = key[:shared] + block[at : at + own]
        at += own
        yield key, block[at : at + length]
        at += length


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read a whole number of seven bits a byte; give it and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _fields(message: bytes) -> dict[int, list[int | bytes]]:
    """Read a protocol buffer: the values of each field."""
    fields: dict[int, list[int | bytes]] = {}
    at = 0
    while at < len(message):
        tag, at = _number(message, at)
        value: int | bytes
        if tag & 7 == 0:
            value, at = _number(message, at)
        else:
            sizes = {1: 8, 5: 4}
            size, at = (sizes[tag & 7], at) if tag & 7 in sizes else _number(message, at)
            if tag & 7 not in (1, 2, 5) or at + size > len(message):
                raise ValueError("an entry is damaged")
            value, at = message[at : at + size], at + size
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def _tensor(folder: Path, entry: dict[int, list[int | bytes]]) -> np.ndarray:
    """Read the numbers of an entry: its type, shape, shard, offset and size are the fields 1 to 5."""

    def number(field: int) -> int:
        value = entry.get(field, [0])[0]
        return value if isinstance(value, int) else int.from_bytes(value, "little")

    shape = []
    for part in _fields(_bytes(entry.get(2, [b""])[0])).get(2, []):
        size = _fields(_bytes(part)).get(1, [0])[0]
        shape.append(size if isinstance(size, int) else 0)
    if number(1) not in _TYPES:
        raise ValueError(f"a tensor is of the type {number(1)}, which is none of {sorted(_TYPES)}")
    shards = sorted(folder.glob(f"{_NAME}.data-{number(3):05d}-of-*"))
    if len(shards) != 1:
        raise ValueError(f"there must be one {_NAME}.data-{number(3):05d}-of-…, and there are {len(shards)}")
    with shards[0].open("rb") as file:
        file.seek(number(4))
        data = file.read(number(5))
    return np.frombuffer(data, _TYPES[number(1)]).reshape(shape)


def _bytes(value: int | bytes) -> bytes:
    return value if isinstance(value, bytes) else b""


def _renamed(name: str) -> str:
    """Give `bert/encoder/layer_3/output/dense/kernel` as `bert.encoder.layer.3.output.dense.weight`."""
    parts = name.split("/")
    parts = [part.replace("layer_", "layer.") if part.startswith("layer_") else part for part in parts]
    *rest, last = parts
    if last in ("kernel", "gamma", "output_weights") or last.endswith("_embeddings"):
        last = f"{last}.weight" if last.endswith("_embeddings") else "weight"
    elif last in ("beta", "output_bias"):
        last = "bias"
    return ".".join([*rest, last])


def _turned(name: str, x: np.ndarray) -> np.ndarray:
    x = x.T if name.endswith("/kernel") else x
    return np.ascontiguousarray(x, "float32") if x.dtype.kind == "f" else np.ascontiguousarray(x)
