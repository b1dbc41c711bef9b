"""Google's files, without TensorFlow: a table is written here by hand, and by TensorFlow where it is installed."""

import json
from dataclasses import replace

import numpy as np
import pytest
from keras import ops

from maskplay.models import CheckpointError, TransformerConfig, load_checkpoint
from maskplay.models.checkpoints.names import encoder_names, head_names

from .random_networks import made

CONFIG = TransformerConfig(
    vocabulary_size=23, width=10, depth=2, heads=5, hidden=7, max_positions=13, head="masked_lm"
)
TOKENS = np.array([[3, 1, 4, 1, 5, 9, 2], [6, 5, 3, 5, 0, 0, 0]], "int32")
SETTINGS = {
    "vocab_size": 23,
    "hidden_size": 10,
    "num_hidden_layers": 2,
    "num_attention_heads": 5,
    "intermediate_size": 7,
    "max_position_embeddings": 13,
    "type_vocab_size": 2,
    "hidden_act": "gelu",
    "directionality": "bidi",
}


def google_name(tensor: str, turned: bool) -> str:
    parts = tensor.replace("layer.", "layer_").split(".")
    if "LayerNorm" in parts:
        parts[-1] = {"weight": "gamma", "bias": "beta"}[parts[-1]]
    elif tensor == "cls.predictions.bias":
        parts[-1] = "output_bias"
    elif turned:
        parts[-1] = "kernel"
    elif parts[-1] == "weight":
        parts.pop()
    return "/".join(parts)


@pytest.fixture(scope="module")
def bert():
    """A network, and its tensors by Google's names."""
    network = made(CONFIG)
    weights = {w.path.split("/", 1)[1]: ops.convert_to_numpy(w.value) for w in network.weights}
    named = [*encoder_names(CONFIG), *head_names(CONFIG)]
    return network, {google_name(n.tensor, n.turned): weights[n.path] for n in named}


def number(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(tag: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return number(tag << 3) + number(value)
    return number(tag << 3 | 2) + number(len(value)) + value


def block(entries: list[tuple[bytes, bytes]]) -> bytes:
    out, before = b"", b""
    for key, value in entries:
        shared = next(
            (i for i, (a, b) in enumerate(zip(key, before, strict=False)) if a != b),
            min(len(key), len(before)),
        )
        out += number(shared) + number(len(key) - shared) + number(len(value)) + key[shared:] + value
        before = key
    return out + (0).to_bytes(4, "little") + (1).to_bytes(4, "little")


def write(folder, tensors, beyond=0):
    data, entries = b"", [(b"", field(1, 1))]
    for name in sorted(tensors):
        x = np.ascontiguousarray(tensors[name], "<f4")
        shape = b"".join(field(2, field(1, size)) for size in x.shape)
        entries.append(
            (name.encode(), field(1, 1) + field(2, shape) + field(4, len(data) + beyond) + field(5, x.nbytes))
        )
        data += x.tobytes()
    table, index = b"", []
    for i in range(0, len(entries), 7):  # several blocks
        part = block(entries[i : i + 7])
        index.append((entries[min(i + 6, len(entries) - 1)][0], number(len(table)) + number(len(part))))
        table += part + bytes(5)
    handles = b""
    for part in (block([]), block(index)):
        handles += number(len(table)) + number(len(part))
        table += part + bytes(5)
    table += handles.ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")
    (folder / "bert_model.ckpt.index").write_bytes(table)
    (folder / "bert_model.ckpt.data-00000-of-00001").write_bytes(data)
    (folder / "bert_config.json").write_text(json.dumps(SETTINGS))


def test_a_checkpoint_of_google(bert, tmp_path):
    network, tensors = bert
    more = {
        "cls/seq_relationship/output_weights": np.zeros((2, 10)),
        "bert/pooler/dense/kernel": np.zeros((10, 10)),
    }
    write(tmp_path, tensors | more)
    model = load_checkpoint(tmp_path, "masked_lm", inputs=("tokens",))
    assert replace(model.get_layer("transformer").config, dropout=0.1) == CONFIG
    found, wanted = (ops.convert_to_numpy(x) for x in (model({"tokens": TOKENS}), network(TOKENS)))
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_as_tensorflow_writes_it(bert, tmp_path):
    tf = pytest.importorskip("tensorflow")
    network, tensors = bert
    write(tmp_path, {})
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = [tf.compat.v1.get_variable(name, initializer=x) for name, x in tensors.items()]
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver(variables).save(
            session, str(tmp_path / "bert_model.ckpt"), write_meta_graph=False
        )
    model = load_checkpoint(tmp_path, "masked_lm", inputs=("tokens",))
    found, wanted = (ops.convert_to_numpy(x) for x in (model({"tokens": TOKENS}), network(TOKENS)))
    np.testing.assert_allclose(found, wanted, atol=1e-6)


@pytest.mark.parametrize("file", ["bert_model.ckpt.index", "bert_model.ckpt.data-00000-of-00001"])
def test_a_cut_file_is_refused(file, bert, tmp_path):
    write(tmp_path, bert[1])
    data = (tmp_path / file).read_bytes()
    for cut in (0, len(data) // 2, len(data) - 9):
        (tmp_path / file).write_bytes(data[:cut])
        with pytest.raises(CheckpointError, match="no whole checkpoint of TensorFlow"):
            load_checkpoint(tmp_path)


@pytest.mark.parametrize("beyond", [10**9, 2**70])
def test_numbers_beyond_the_file_are_refused(beyond, bert, tmp_path):
    write(tmp_path, bert[1], beyond)
    with pytest.raises(CheckpointError, match="no whole checkpoint of TensorFlow"):
        load_checkpoint(tmp_path)
