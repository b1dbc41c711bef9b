"""The tensors of a `pytorch_model.bin`, without torch and without running what a pickle says.

A pickle is a program. This reader knows a handful of names, all of them functions of this file that put tensors
together from bytes; any other name is refused before anything is called.
"""

import math
import pickle
import zipfile
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from maskplay.models.checkpoints.checkpoint_error import CheckpointError

_TYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "?",
}
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001


@dataclass(frozen=True)
class _Type:
    """What stands for `torch.FloatStorage` and its like."""

    dtype: str


@dataclass
class _Storage:
    """Numbers in a row; in the old format they come after the pickle that speaks of them."""

    dtype: str
    count: int
    numbers: np.ndarray | None = None


@dataclass(frozen=True)
class _View:
    """A tensor: where it lies in a storage."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self) -> np.ndarray:
        """Give the numbers, contiguous."""
        numbers = self.storage.numbers
        if numbers is None:
            raise ValueError("a tensor has no numbers")
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides, strict=True))
        sound = self.offset >= 0 and all(n >= 0 for n in (*self.shape, *self.strides))
        if 0 in self.shape:
            return np.zeros(self.shape, numbers.dtype)
        if not sound or last >= numbers.size:
            raise ValueError("a tensor reaches beyond its numbers")
        # Strides of 0 need no numbers, and may ask for all of the memory.
        if math.prod(self.shape) > numbers.size:
            raise ValueError(f"a tensor of the shape {self.shape} has only {numbers.size} numbers")
        steps = tuple(s * numbers.itemsize for s in self.strides)
        view = np.lib.stride_tricks.as_strided(numbers[self.offset :], self.shape, steps, writeable=False)
        return np.ascontiguousarray(view)


def _view(storage: Any, offset: Any, shape: Any, strides: Any, *rest: Any) -> _View:
    return _View(storage, int(offset), tuple(map(int, shape)), tuple(map(int, strides)))


def _parameter(view: Any, *rest: Any) -> Any:
    return view


_KNOWN: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _view,
    ("torch._utils", "_rebuild_tensor"): _view,
    ("torch._utils", "_rebuild_parameter"): _parameter,
} | {("torch", name): _Type(dtype) for name, dtype in _TYPES.items()}


class _Unpickler(pickle.Unpickler):
    """Reads what it knows and refuses the rest."""

    def __init__(self, file: IO[bytes], storages: Any = None) -> None:
        super().__init__(file, encoding="utf-8")
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        """Give one of the known names."""
        if (module, name) not in _KNOWN:
            raise _Refused(f"{module}.{name}")
        return _KNOWN[module, name]

    def persistent_load(self, pid: Any) -> Any:
        """Give a storage."""
        if self._storages is None or not isinstance(pid, tuple) or pid[0] != "storage":
            raise ValueError(f"an unknown reference {pid!r}")
        return self._storages(*pid[1:])


class _Refused(Exception):
    """A name that is none of tensors."""


def read_pickle(path: Path) -> dict[str, np.ndarray]:
    """Read the tensors of a file that `torch.save` wrote, of the format of today or of that before torch 1.6.

    Raises:
        CheckpointError: The file is damaged, or would have to run code to be read.
    """
    try:
        return _tensors(_read_zip(path) if zipfile.is_zipfile(path) else _read_legacy(path))
    except _Refused as refused:
        raise CheckpointError(
            f"{path} asks for {refused} to be called when it is read, which is no part of a tensor: it was refused, "
            "and nothing of it was run. Get the checkpoint as model.safetensors, or from somebody you trust."
        ) from None
    except (pickle.UnpicklingError, zipfile.BadZipFile, EOFError, KeyError, ValueError, TypeError) as error:
        raise CheckpointError(f"{path} is no whole file of torch.save: {error}") from error
    except (
        AttributeError,
        IndexError,
        RuntimeError,
        MemoryError,
        OverflowError,
        OSError,
        zlib.error,
    ) as error:
        raise CheckpointError(f"{path} is damaged: {type(error).__name__}: {error}") from error


def _tensors(found: Any) -> dict[str, np.ndarray]:
    """Give the tensors of what was pickled; the rest, such as versions, is left aside."""
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):
        found = found["state_dict"]
    if not isinstance(found, dict):
        raise ValueError(f"it must hold a dictionary of tensors. It holds: {type(found).__name__}")
    strange = [name for name in found if not isinstance(name, str)]
    if strange:
        raise ValueError(f"it must name its tensors by strings. It has: {strange[0]!r:.60}")
    return {name: view.array() for name, view in found.items() if isinstance(view, _View)}


def _read_zip(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith("/data.pkl") or name == "data.pkl"]
        if len(names) != 1:
            raise ValueError("it has no data.pkl")
        folder = names[0].removesuffix("data.pkl")
        known: dict[str, _Storage] = {}

        def storage(kind: Any, key: str, location: str, count: int) -> _Storage:
            if key not in known:
                numbers = _numbers(archive.read(f"{folder}data/{key}"), kind.dtype, int(count))
                known[key] = _Storage(kind.dtype, int(count), numbers)
            return known[key]

        with archive.open(names[0]) as file:
            return _Unpickler(file, storage).load()


def _read_legacy(path: Path) -> Any:
    known: dict[str, _Storage] = {}

    def storage(kind: Any, key: str, location: str, count: int, view: Any = None) -> _Storage:
        return known.setdefault(key, _Storage(kind.dtype, int(count)))

    with path.open("rb") as file:
        if _Unpickler(file).load() != _LEGACY_MAGIC or _Unpickler(file).load() != _LEGACY_PROTOCOL:
            raise ValueError("it does not begin as such a file does")
        _Unpickler(file).load()  # of the machine that wrote it
        found = _Unpickler(file, storage).load()
        for key in _Unpickler(file).load():
            kept = known[key]
            count = int.from_bytes(file.read(8), "little")
            if count != kept.count:
                raise ValueError(f"a storage has {count} numbers instead of {kept.count}")
            kept.numbers = _numbers(file.read(count * _size(kept.dtype)), kept.dtype, count)
    return found


def _size(dtype: str) -> int:
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize


def _numbers(data: bytes, dtype: str, count: int) -> np.ndarray:
    if len(data) != count * _size(dtype):
        raise ValueError(f"{len(data)} bytes instead of {count * _size(dtype)}")
    if dtype != "bfloat16":
        return np.frombuffer(data, dtype)
    # The upper half of a float32.
    return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
