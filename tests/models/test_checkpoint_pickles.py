"""Checkpoints as pickles: read without torch, and never executed."""

import os
import pickle
import sys
import types
import zipfile
from collections import OrderedDict

import keras
import numpy as np
import pytest

from maskplay.models import CheckpointError, load_checkpoint

from .small_checkpoints import says


class _Part:
    """Pickled as a call of something in torch, without torch."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


class _Kept(tuple):
    """A reference to a storage."""


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj):
        return tuple(obj) if isinstance(obj, _Kept) else None


@pytest.fixture
def torch_names(monkeypatch):
    """Names of torch that can be pickled."""
    if keras.backend.backend() == "torch":
        pytest.skip("torch itself is there, and in use")
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")

    def _rebuild_tensor_v2():
        raise AssertionError("never called when written")

    class FloatStorage:
        pass

    FloatStorage.__module__, FloatStorage.__qualname__ = "torch", "FloatStorage"
    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    torch.FloatStorage, utils._rebuild_tensor_v2 = FloatStorage, _rebuild_tensor_v2
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)
    return FloatStorage, _rebuild_tensor_v2


def _parts(tensors, names):
    """Each tensor as torch pickles it; every other one is transposed in its storage."""
    storage, rebuild = names
    parts, numbers = OrderedDict(), {}
    for i, (name, x) in enumerate(tensors.items()):
        turned = x.ndim == 2 and i % 2
        strides = tuple(s // 4 for s in (np.asfortranarray(x) if turned else x).strides)
        numbers[str(i)] = np.concatenate([[7.0], x.ravel("F" if turned else "C")]).astype("<f4")
        kept = _Kept(("storage", storage, str(i), "cpu", x.size + 1))
        parts[name] = _Part(rebuild, kept, 1, x.shape, strides, False, OrderedDict())
    return parts, numbers


def write_zip(tensors, file, names):
    parts, numbers = _parts(tensors, names)
    with zipfile.ZipFile(file, "w") as archive:
        with archive.open("archive/data.pkl", "w") as data:
            _Pickler(data, 2).dump(parts)
        for key, value in numbers.items():
            archive.writestr(f"archive/data/{key}", value.tobytes())


def write_legacy(tensors, file, names):
    parts, numbers = _parts(tensors, names)
    for part in parts.values():
        kept = part.call[1][0]
        part.call = (part.call[0], (_Kept((*kept, None)), *part.call[1][1:]))
    with file.open("wb") as data:
        for header in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(header, data, 2)
        _Pickler(data, 2).dump(parts)
        pickle.dump(list(numbers), data, 2)
        for value in numbers.values():
            data.write(value.size.to_bytes(8, "little") + value.tobytes())


@pytest.mark.parametrize("write", [write_zip, write_legacy])
def test_a_bin_needs_no_torch(write, torch_names, changed, written, monkeypatch):
    folder = changed(binary=lambda tensors, file: write(tensors, file, torch_names))
    monkeypatch.delitem(sys.modules, "torch")
    np.testing.assert_allclose(says(folder), written[1], atol=1e-6)


def test_a_pickle_that_would_run_code_is_refused(changed, tmp_path):
    marker = tmp_path / "it ran"

    def evil(tensors, file):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps({"x": _Part(os.mkdir, str(marker))}))

    with pytest.raises(CheckpointError, match=r"asks for (posix|nt)\.mkdir to be called .* it was refused"):
        load_checkpoint(changed(binary=evil))
    assert not marker.exists()

    def evil_legacy(tensors, file):
        file.write_bytes(pickle.dumps(_Part(os.mkdir, str(marker))))

    with pytest.raises(CheckpointError, match="refused"):
        load_checkpoint(changed(binary=evil_legacy))
    assert not marker.exists()


@pytest.mark.parametrize("name", ["builtins.eval", "torch.load", "torch.nn.Linear", "collections.Counter"])
def test_names_that_are_no_tensors_are_refused(name, changed):
    module, function = name.rsplit(".", 1)
    stream = b"\x80\x02c" + module.encode() + b"\n" + function.encode() + b"\n."

    def write(tensors, file):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("archive/data.pkl", stream)

    with pytest.raises(CheckpointError, match=f"asks for {name}"):
        load_checkpoint(changed(binary=write))


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("write", [write_zip, write_legacy])
def test_a_cut_bin_is_refused(write, cut, torch_names, changed):
    def shortened(tensors, file):
        write(tensors, file, torch_names)
        data = file.read_bytes()
        file.write_bytes(data[: int(len(data) * cut)])

    with pytest.raises(CheckpointError, match=r"pytorch_model\.bin"):
        load_checkpoint(changed(binary=shortened))


@pytest.mark.parametrize(
    ("shape", "strides", "message"),
    [
        ((2, 2), (2, 1), "reaches beyond its numbers"),
        ((10**12,), (0,), r"a tensor of the shape \(1000000000000,\) has only 4 numbers"),
        ((2, 3), (0, 1), r"a tensor of the shape \(2, 3\) has only 4 numbers"),
    ],
)
def test_a_tensor_beyond_its_storage_is_refused(shape, strides, message, torch_names, changed):
    storage, rebuild = torch_names

    def write(tensors, file):
        kept = _Kept(("storage", storage, "0", "cpu", 4))
        with zipfile.ZipFile(file, "w") as archive:
            with archive.open("archive/data.pkl", "w") as data:
                _Pickler(data, 2).dump({"x": _Part(rebuild, kept, 1, shape, strides, False, OrderedDict())})
            archive.writestr("archive/data/0", bytes(16))

    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(changed(binary=write))


def test_tensors_must_be_named_by_strings(torch_names, changed):
    folder = changed(binary=lambda tensors, file: write_zip({7: np.zeros(3, "float32")}, file, torch_names))
    with pytest.raises(CheckpointError, match=r"pytorch_model\.bin .* must name its tensors by strings.* 7"):
        load_checkpoint(folder)


def test_a_view_of_no_storage_is_refused(torch_names, changed):
    def write(tensors, file):
        with zipfile.ZipFile(file, "w") as archive, archive.open("archive/data.pkl", "w") as data:
            pickle.dump({"x": _Part(torch_names[1], "none", 0, (1,), (1,), False, OrderedDict())}, data, 2)

    with pytest.raises(CheckpointError, match=r"pytorch_model\.bin is damaged"):
        load_checkpoint(changed(binary=write))
