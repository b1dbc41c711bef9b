"""Checkpoints: written and read again, in every form, and refused where they are not sound."""

import json
import os
import pickle
import sys
import types
import zipfile
from collections import OrderedDict
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import ops
from safetensors.numpy import load_file, save_file

from maskplay import masks
from maskplay.models import CheckpointError, TransformerConfig, load_checkpoint, save_checkpoint
from maskplay.models.checkpoints.names import copies, encoder_names, head_names
from maskplay.models.checkpoints.vocabulary import check_vocabulary, tokens_of

from .test_transformer import made

SIZES = {
    "vocabulary_size": 23,
    "width": 10,
    "depth": 2,
    "heads": 5,
    "hidden": 7,
    "max_positions": 13,
    "segments": 3,
}
FAMILIES = {
    "bert": TransformerConfig(**SIZES),
    "albert": TransformerConfig(
        **SIZES, family="albert", groups=1, embedding_width=3, activation="gelu_tanh"
    ),
    "electra": TransformerConfig(**SIZES, family="electra", embedding_width=3),
    "roformer": TransformerConfig(**SIZES, family="roformer", positions="rotary"),
    "nezha": TransformerConfig(**SIZES, family="nezha", positions="relative", max_distance=5),
}
TOKENS = np.array([[3, 1, 4, 1, 5, 9, 2], [6, 5, 3, 5, 0, 0, 0]], "int32")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder of a BERT with its masked-LM head, and what it says."""
    folder = tmp_path_factory.mktemp("bert")
    network = made(replace(FAMILIES["bert"], head="masked_lm"))
    save_checkpoint(network, folder)
    return folder, ops.convert_to_numpy(network(TOKENS))


@pytest.fixture
def changed(written, tmp_path):
    """Write the folder anew with other tensors, settings or files, and give it."""

    def change(tensors=None, settings=None, vocabulary=None, binary=None):
        found = load_file(written[0] / "model.safetensors")
        found = tensors(found) if tensors else found
        if binary is None:
            save_file(found, tmp_path / "model.safetensors")
        else:
            binary(found, tmp_path / "pytorch_model.bin")
        values = json.loads((written[0] / "config.json").read_text())
        values = {k: v for k, v in {**values, **(settings or {})}.items() if v is not ...}
        (tmp_path / "config.json").write_text(json.dumps(values))
        if vocabulary is not None:
            (tmp_path / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
        return tmp_path

    return change


def says(folder, head="masked_lm", **more):
    return ops.convert_to_numpy(load_checkpoint(folder, head, inputs=("tokens",), **more)({"tokens": TOKENS}))


@pytest.mark.parametrize("head", [None, "masked_lm", "classification"])
@pytest.mark.parametrize("family", FAMILIES)
def test_written_and_read(family, head, tmp_path):
    config = replace(FAMILIES[family], head=head, labels=4)
    network = made(config)
    save_checkpoint(network, tmp_path)
    model = load_checkpoint(tmp_path, head, inputs=("tokens",))
    read = model.get_layer("transformer")
    assert replace(read.config, labels=4) == config
    for mine, other in zip(network.weights, read.weights, strict=True):
        if "seed" not in mine.path:
            np.testing.assert_array_equal(ops.convert_to_numpy(mine.value), ops.convert_to_numpy(other.value))


def test_names_are_each_there_once():
    for config in FAMILIES.values():
        for head in ("masked_lm", "span", "token", "classification"):
            named = [*encoder_names(config), *head_names(replace(config, head=head))]
            assert len({n.path for n in named}) == len({n.tensor for n in named}) == len(named)


def test_a_mask_of_the_inputs(written):
    def rule(x):
        return masks.prefix(x["segments"]) & masks.padding(x["tokens"] != 0)

    segments = np.array([[0, 0, 1, 1, 1, 1, 1], [0, 1, 1, 1, 0, 0, 0]], "int32")
    model = load_checkpoint(written[0], mask=rule)
    found = model({"tokens": TOKENS, "segments": segments})
    seen = masks.prefix(segments) & masks.padding(TOKENS != 0)
    wanted = model.get_layer("transformer")(TOKENS, segments, mask=seen)
    np.testing.assert_allclose(ops.convert_to_numpy(found), ops.convert_to_numpy(wanted), atol=1e-6)


# ---- forms


def test_names_of_old_and_bare_encoders(changed, written):
    def old(tensors):
        names = {name: name.replace("LayerNorm.weight", "LayerNorm.gamma") for name in tensors}
        names = {name: new.replace("LayerNorm.bias", "LayerNorm.beta") for name, new in names.items()}
        return {new.removeprefix("bert."): tensors[name] for name, new in names.items()}

    np.testing.assert_allclose(says(changed(old)), written[1], atol=1e-6)


def test_the_table_may_be_at_the_head_alone(changed, written):
    """Which of two tied tensors is written is up to the writer."""

    def elsewhere(tensors):
        names = {
            original: copy for copy, original in copies(replace(FAMILIES["bert"], head="masked_lm")).items()
        }
        return {names.get(name, name): tensor for name, tensor in tensors.items()}

    np.testing.assert_allclose(says(changed(elsewhere)), written[1], atol=1e-6)


@pytest.mark.parametrize(("copy", "original"), copies(replace(FAMILIES["bert"], head="masked_lm")).items())
def test_tied_tensors_must_be_the_same(copy, original, changed, written):
    folder = changed(lambda tensors: tensors | {copy: tensors[original].copy()})
    np.testing.assert_allclose(says(folder), written[1], atol=1e-6)
    folder = changed(lambda tensors: tensors | {copy: tensors[original] + 1})
    with pytest.raises(CheckpointError, match=f"{copy} must be the same as {original}.* Tie them"):
        says(folder)
    load_checkpoint(folder)  # without the head it does not matter


def test_half_precision(changed, written):
    folder = changed(lambda tensors: {name: x.astype("float16") for name, x in tensors.items()})
    np.testing.assert_allclose(says(folder), written[1], atol=0.05)


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


# ---- what does not fit

KEY = "bert.encoder.layer.1.attention.self.key.weight"


def test_a_missing_tensor_is_named(changed):
    with pytest.raises(CheckpointError, match=f"lacks {KEY} of a bert network"):
        load_checkpoint(changed(lambda tensors: {n: x for n, x in tensors.items() if n != KEY}))


def test_a_surplus_tensor_is_named(changed):
    more = {"bert.encoder.layer.2.output.dense.bias": np.zeros(10, "float32")}
    with pytest.raises(
        CheckpointError, match=r"has bert\.encoder\.layer\.2\.output\.dense\.bias, which the network"
    ):
        load_checkpoint(changed(lambda tensors: tensors | more))


def test_a_misshapen_tensor_is_named(changed):
    with pytest.raises(CheckpointError, match=rf"{KEY} must have the shape \(10, 10\).* It has: \(10, 3\)"):
        load_checkpoint(changed(lambda tensors: tensors | {KEY: np.zeros((10, 3), "float32")}))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_tensor_of_nan_is_named(changed, bad):
    def spoil(tensors):
        tensors[KEY][3, 4] = bad
        return tensors

    with pytest.raises(CheckpointError, match=f"{KEY} must be finite numbers"):
        load_checkpoint(changed(spoil))


def test_a_head_that_is_not_there(written):
    with pytest.raises(
        CheckpointError, match=r"lacks qa_outputs\.weight, qa_outputs\.bias of the head 'span'.*new_head"
    ):
        load_checkpoint(written[0], "span")
    assert says(written[0], "span", new_head=True).shape == (2, 7, 2)


@pytest.mark.parametrize(
    "lost", [named.tensor for named in head_names(replace(FAMILIES["bert"], head="masked_lm"))]
)
def test_half_a_head_is_no_new_head(lost, changed):
    folder = changed(lambda tensors: {name: x for name, x in tensors.items() if name != lost})
    with pytest.raises(CheckpointError, match=rf"head 'masked_lm' whole, or .* It lacks: {lost}\. Get"):
        says(folder, new_head=True)


def test_a_new_head_on_what_is_there(changed):
    """A masked-LM head may be missing as a whole, and the pooler of a classifier may be there alone."""
    pooler = {"bert.pooler.dense.weight": np.ones((10, 10)), "bert.pooler.dense.bias": np.ones(10)}
    folder = changed(
        lambda tensors: {n: x for n, x in tensors.items() if n.startswith("bert.")} | pooler,
    )
    assert says(folder, new_head=True).shape == (2, 7, 23)
    network = load_checkpoint(folder, "classification", 4, new_head=True).get_layer("transformer")
    np.testing.assert_array_equal(ops.convert_to_numpy(network.pooler.bias), 1)
    folder = changed(lambda tensors: tensors | {"bert.pooler.dense.bias": np.ones(10)})
    with pytest.raises(CheckpointError, match=r"It lacks: bert\.pooler\.dense\.weight\."):
        load_checkpoint(folder, "classification", 4, new_head=True)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model_type": "llama"}, "model_type must be one of bert, albert"),
        ({"hidden_size": ...}, "lacks hidden_size"),
        ({"hidden_act": "mish"}, "hidden_act must be one of"),
        ({"num_attention_heads": 4}, "heads must divide width"),
        ({"hidden_size": "wide"}, "width must be a whole number"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type must be absolute"),
        ({"num_hidden_layers": 1}, r"has bert\.encoder\.layer\.1"),
        ({"vocab_size": 24}, r"word_embeddings\.weight must have the shape \(24, 10\)"),
    ],
)
def test_settings_that_do_not_fit(settings, message, changed):
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(changed(settings=settings))


@pytest.mark.parametrize("count", [22, 24])
def test_a_vocabulary_of_another_size(count, changed):
    with pytest.raises(CheckpointError, match=f"has {count} tokens, but vocab_size is 23"):
        load_checkpoint(changed(vocabulary=[f"t{i}" for i in range(count)]))


@pytest.mark.parametrize(("rows", "count"), [(21128, 21028), (21128, 21120), (30592, 30400), (23, 22)])
def test_a_vocabulary_that_was_cut(rows, count, tmp_path):
    """Tables are padded to a multiple of 8, 64 or 128, each by less than itself."""
    (tmp_path / "vocab.txt").write_text("".join(f"t{i}\n" for i in range(count)))
    with pytest.raises(CheckpointError, match=f"has {count} tokens, but vocab_size is {rows}"):
        check_vocabulary(tmp_path, rows)


@pytest.mark.parametrize(("rows", "count"), [(21128, 21121), (21184, 21128), (30592, 30522), (21248, 21128)])
def test_a_table_that_was_padded(rows, count, tmp_path):
    (tmp_path / "vocab.txt").write_text("".join(f"t{i}\n" for i in range(count)))
    check_vocabulary(tmp_path, rows)


def test_two_vocabularies_must_agree(changed):
    names = [f"t{i}" for i in range(23)]
    folder = changed(vocabulary=names)

    def put(tokens, added=()):
        model = {"type": "WordPiece", "vocab": {t: i for i, t in enumerate(tokens)}}
        values = {"model": model, "added_tokens": [{"content": t, "id": i} for t, i in added]}
        (folder / "tokenizer.json").write_text(json.dumps(values))

    put(names)
    assert tokens_of(folder) == names
    put([*names[:7], "x", *names[8:]])
    with pytest.raises(CheckpointError, match=r"same tokens\. Received: 't7' with the ids 7 and None\. Take"):
        load_checkpoint(folder)
    put([names[1], names[0], *names[2:]])
    with pytest.raises(CheckpointError, match=r"Received: 't0' with the ids 0 and 1\."):
        load_checkpoint(folder)
    put(names[:-1])
    with pytest.raises(CheckpointError, match=r"Received: 't22' with the ids 22 and None\."):
        load_checkpoint(folder)
    put(names, [("t22", 22), ("[BOS]", 23)])  # added to the tokenizer afterwards
    assert tokens_of(folder) == [*names, "[BOS]"]


def test_a_vocabulary_of_the_same_size(changed, written):
    np.testing.assert_allclose(says(changed(vocabulary=[f"t{i}" for i in range(23)])), written[1], atol=1e-6)


def test_files_that_are_not_there(tmp_path, written):
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        load_checkpoint(tmp_path / "nowhere" / "at" / "all")
    with pytest.raises(FileNotFoundError, match=r"has no config\.json"):
        load_checkpoint(tmp_path)
    (tmp_path / "config.json").write_text((written[0] / "config.json").read_text())
    with pytest.raises(FileNotFoundError, match="has no tensors"):
        load_checkpoint(tmp_path)
    (tmp_path / "model.safetensors").write_bytes((written[0] / "model.safetensors").read_bytes()[:500])
    with pytest.raises(CheckpointError, match=r"model\.safetensors is damaged"):
        load_checkpoint(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"config\.json is no JSON"):
        load_checkpoint(tmp_path)


def test_networks_that_no_family_has():
    with pytest.raises(ValueError, match=r"have no networks with \{'norm': 'pre'\}"):
        save_checkpoint(replace(FAMILIES["bert"], norm="pre").layer(), "nowhere")
    with pytest.raises(ValueError, match="must have one Transformer"):
        save_checkpoint(object(), "nowhere")
