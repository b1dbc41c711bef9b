"""Checkpoints: written and read again, in every form, and refused where they are not sound."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import ops

from maskplay import masks
from maskplay.models import CheckpointError, load_checkpoint, save_checkpoint
from maskplay.models.checkpoints.names import copies, encoder_names, head_names
from maskplay.models.checkpoints.settings import read_settings
from maskplay.models.checkpoints.vocabulary import check_vocabulary, tokens_of

from .random_networks import made
from .small_checkpoints import FAMILIES, TOKENS, says

NEEDED = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
          "max_position_embeddings", "type_vocab_size")  # fmt: skip


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


def test_a_folder_is_written_whole_and_over_nothing_else(tmp_path, monkeypatch):
    folder = tmp_path / "bert"
    save_checkpoint(made(replace(FAMILIES["bert"], head="masked_lm")), folder)
    (folder / "vocab.txt").write_text("\n".join(f"t{i}" for i in range(23)))
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(
        ValueError, match=r"every head .* has cls\.predictions\.bias, .* Choose another folder"
    ):
        save_checkpoint(load_checkpoint(folder), folder)
    model = load_checkpoint(folder, "masked_lm")

    def fails(*_, **__):
        raise OSError("no space")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.write_text", fails)  # the settings, which come last
        with pytest.raises(OSError, match="no space"):
            save_checkpoint(model, folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    save_checkpoint(model, folder)
    assert {file.name for file in folder.iterdir()} == {*before}
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(
        FileExistsError, match=r"or one of a checkpoint alone\. It holds: thesis\.txt\. Name another"
    ):
        save_checkpoint(model, folder)
    (tmp_path / "writer").mkdir()
    (tmp_path / "writer" / "config.json").write_text('{"kind": "maskplay writer"}')
    with pytest.raises(FileExistsError, match="It holds: a maskplay writer"):
        save_checkpoint(model, tmp_path / "writer")


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


def test_a_head_that_there_is_none_of(written):
    with pytest.raises(
        ValueError, match=r"head must be None or one of masked_lm, span, .* Received: 'nonsense'"
    ):
        load_checkpoint(written[0], "nonsense")


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
        ({"hidden_size": None}, "lacks hidden_size"),
        ({"hidden_act": "mish"}, "hidden_act must be one of"),
        ({"hidden_act": ["gelu"]}, r"hidden_act must be one of .* Received: \['gelu'\]"),
        ({"model_type": ["bert"]}, r"model_type must be one of .* Received: \"\['bert'\]\""),
        ({"num_attention_heads": 4}, "heads must divide width"),
        (
            {"hidden_size": "wide"},
            r"config\.json: width must be a whole number\. .*'wide'\. It is hidden_size there",
        ),
        ({"layer_norm_eps": float("nan")}, r"epsilon must be .*nan\. It is layer_norm_eps there"),
        ({"hidden_dropout_prob": "0.1"}, "It is hidden_dropout_prob there"),
        ({"pad_token_id": 0.5}, "It is pad_token_id there"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type must be absolute"),
        ({"num_hidden_layers": 1}, r"has bert\.encoder\.layer\.1"),
        ({"vocab_size": 24}, r"word_embeddings\.weight must have the shape \(24, 10\)"),
    ],
)
def test_settings_that_do_not_fit(settings, message, changed):
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(changed(settings=settings))


@pytest.mark.parametrize(
    ("setting", "size", "tensor"),
    [
        ("vocab_size", 10**8, "word_embeddings.weight"),
        ("type_vocab_size", 10**8, "token_type_embeddings.weight"),
        ("max_position_embeddings", 10**6, "position_embeddings.weight"),
        ("hidden_size", 40_000, "word_embeddings.weight"),
        ("intermediate_size", 10**8, "intermediate.dense.bias"),
        ("num_hidden_layers", 10_000, "must have several tensors for each of the 10000 blocks"),
    ],
)
def test_a_size_that_is_too_large_is_refused_before_a_network_is_made(setting, size, tensor, changed):
    with pytest.raises(CheckpointError, match=tensor):
        load_checkpoint(changed(settings={setting: size}))
    with pytest.raises(CheckpointError, match=rf"at most \d+\. Received: 10{{15}}\. It is {setting} there"):
        load_checkpoint(changed(settings={setting: 10**15}))


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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"added_tokens": [3]}, "added_tokens must be a list of objects with content and id"),
        ({"added_tokens": [{"content": "b"}]}, "added_tokens must be a list of objects"),
        ({"added_tokens": [{"content": "b", "id": "1"}]}, "a whole number as its id. Received: '1' for 'b'"),
        ({"model": {"vocab": {"a": 0.0}}}, "a whole number as its id. Received: 0.0 for 'a'"),
    ],
)
def test_a_damaged_tokenizer_is_named(changes, message, tmp_path):
    values = {"model": {"vocab": {"a": 0}}} | changes
    (tmp_path / "tokenizer.json").write_text(json.dumps(values))
    with pytest.raises(CheckpointError, match=rf"tokenizer\.json.* {message}"):
        tokens_of(tmp_path)


def test_numbers_that_numpy_lacks_are_refused(changed):
    tensor = {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}
    header = json.dumps({"x": tensor}).encode()
    folder = changed()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + b"ab")
    with pytest.raises(CheckpointError, match="numbers of a type that NumPy has"):
        load_checkpoint(folder)


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


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_file_leaves_out_is_as_transformers_has_it(family):
    """Each class of transformers' settings has its own values for what a file does not say."""
    values = dict.fromkeys(NEEDED, 4) | {"num_attention_heads": 2, "model_type": family}
    config = read_settings(values, None, None, "config.json")
    albert = family == "albert"
    assert config.activation == ("gelu_tanh" if albert else "gelu")
    assert config.dropout == config.attention_dropout == (0 if albert else 0.1)
    assert config.table_width == (128 if family in ("albert", "electra") else 4)
    assert (config.epsilon, config.initial_deviation, config.pad_id) == (1e-12, 0.02, 0)
    assert (config.groups, config.max_distance, config.rotate_values) == (1 if albert else None, 64, False)


def test_names_of_labels_are_written_again(tmp_path):
    names = {"1": "正", "0": "反", "2": "中"}
    network = made(replace(FAMILIES["bert"], head="token", labels=3))
    save_checkpoint(network, tmp_path)
    file = tmp_path / "config.json"
    values = json.loads(file.read_text())
    assert values["id2label"] == {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}
    file.write_text(json.dumps(values | {"id2label": names}))
    model = load_checkpoint(tmp_path, "token")
    config = model.get_layer("transformer").config
    assert config.label_names == ("反", "正", "中")
    model.save(tmp_path / "model.keras")
    model = keras.models.load_model(tmp_path / "model.keras")
    assert model.get_layer("transformer").config == config
    save_checkpoint(model, tmp_path / "again")
    values = json.loads((tmp_path / "again" / "config.json").read_text())
    assert values["id2label"] == names
    assert values["label2id"] == {"反": 0, "正": 1, "中": 2}


@pytest.mark.parametrize(
    ("settings", "labels", "wanted"),
    [
        ({}, None, (2, None)),
        ({"num_labels": 5}, None, (5, None)),
        ({"num_labels": 5, "id2label": {"0": "a"}}, None, (1, ("a",))),
        ({"id2label": {"0": "a", "1": "b"}}, 2, (2, ("a", "b"))),
        ({"id2label": {"0": "a", "1": "b"}}, 3, (3, None)),
        ({"num_labels": "5"}, None, r"c\.json: labels must be a whole number\. .*'5'"),
        ({}, 0, "labels must be at least 1. Received: 0"),
        ({"id2label": {"1": "a"}}, None, r"^c\.json: id2label must name the labels from 0 on"),
        ({"id2label": ["a"]}, None, "id2label must name"),
        ({"id2label": 3}, None, "id2label must name"),
    ],
)
def test_how_many_labels_there_are(settings, labels, wanted):
    values = dict.fromkeys(NEEDED, 4) | {"model_type": "bert"} | settings
    if isinstance(wanted, tuple):
        config = read_settings(values, "classification", labels, "c.json")
        assert (config.labels, config.label_names) == wanted
        return
    with pytest.raises(CheckpointError, match=wanted):
        read_settings(values, "classification", labels, "c.json")
