"""Fewer tokens, the same words about them, and back."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops
from safetensors.numpy import load_file, save_file

from maskplay.models import (
    CheckpointError,
    KeptTokens,
    TransformerConfig,
    keep_tokens,
    load_checkpoint,
    restore_tokens,
    save_checkpoint,
)

from .random_networks import made

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = ["[PAD]", "a", "[UNK]", "b", "[CLS]", "[SEP]", "##c", "[MASK]", "白", "云", "山"]
CONFIG = TransformerConfig(
    vocabulary_size=11, width=10, depth=1, heads=5, hidden=7, max_positions=13, head="masked_lm", embedding_width=3,
    family="electra",
)  # fmt: skip


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    folder = tmp_path_factory.mktemp("full")
    save_checkpoint(made(CONFIG), folder)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    tokenizer = {
        "model": {"type": "WordPiece", "vocab": {t: i for i, t in enumerate(VOCABULARY)}},
        "added_tokens": [{"content": t, "id": VOCABULARY.index(t)} for t in SPECIAL],
        "post_processor": {"sep": ["[SEP]", 5], "cls": ["[CLS]", 4]},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    return folder


def says(folder, tokens):
    return ops.convert_to_numpy(load_checkpoint(folder, "masked_lm", inputs=("tokens",))({"tokens": tokens}))


def rows(folder):
    return load_file(folder / "model.safetensors")["electra.embeddings.word_embeddings.weight"]


def test_what_is_said_of_kept_tokens_does_not_change(full, tmp_path):
    kept = keep_tokens(full, tmp_path, ["白", "山", "##c"])
    assert kept == KeptTokens.load(tmp_path) == KeptTokens((0, 2, 4, 5, 6, 7, 8, 10), 11)
    tokens = np.array([[4, 8, 10, 6, 5, 0, 0]])
    found = says(tmp_path, kept.new(tokens, unknown=1))
    np.testing.assert_allclose(found, says(full, tokens)[..., kept.ids], atol=1e-6)
    names = [VOCABULARY[i] for i in kept.ids]
    assert (tmp_path / "vocab.txt").read_text(encoding="utf-8").split() == names
    tokenizer = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    assert tokenizer["model"]["vocab"] == {t: i for i, t in enumerate(names)}
    assert tokenizer["post_processor"] == {"sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
    assert [a["id"] for a in tokenizer["added_tokens"]] == [
        names.index(a["content"]) for a in tokenizer["added_tokens"]
    ]


def test_there_and_back(full, tmp_path):
    keep_tokens(full, tmp_path / "kept", ["白"])
    restore_tokens(tmp_path / "kept", full, tmp_path / "back")
    before, after = (load_file(folder / "model.safetensors") for folder in (full, tmp_path / "back"))
    assert sorted(before) == sorted(after)
    for name in before:
        np.testing.assert_array_equal(before[name], after[name])
    assert (tmp_path / "back" / "vocab.txt").read_bytes() == (full / "vocab.txt").read_bytes()
    assert load_checkpoint(tmp_path / "back").get_layer("transformer").config.vocabulary_size == 11


def test_what_was_learned_meanwhile_is_kept(full, tmp_path):
    kept = keep_tokens(full, tmp_path / "kept", ["白"])
    model = load_checkpoint(tmp_path / "kept", "masked_lm")
    table = model.get_layer("transformer").tokens.embeddings
    table.assign(ops.convert_to_numpy(table.value) + 1)
    save_checkpoint(model, tmp_path / "kept")
    restore_tokens(tmp_path / "kept", full, tmp_path / "back")
    name = "electra.embeddings.word_embeddings.weight"
    before, after = (load_file(folder / "model.safetensors")[name] for folder in (full, tmp_path / "back"))
    moved = np.isin(np.arange(11), kept.ids)
    np.testing.assert_allclose(after[moved], before[moved] + 1, atol=1e-6)
    np.testing.assert_array_equal(after[~moved], before[~moved])


def test_the_map_goes_with_the_vocabulary(full, tmp_path):
    kept = keep_tokens(full, tmp_path / "kept", ["白"])
    save_checkpoint(load_checkpoint(tmp_path / "kept", "masked_lm"), tmp_path / "new", tmp_path / "kept")
    assert KeptTokens.load(tmp_path / "new") == kept
    restore_tokens(tmp_path / "new", full, tmp_path / "back")
    np.testing.assert_array_equal(rows(tmp_path / "back"), rows(full))


TEMPLATE = {
    "type": "TemplateProcessing",
    "special_tokens": {
        "[BOS]": {"id": "[BOS]", "ids": [11], "tokens": ["[BOS]"]},
        "[SEP]": {"id": "[SEP]", "ids": [5], "tokens": ["[SEP]"]},
    },
}


@pytest.fixture
def named(full, tmp_path):
    """The checkpoint with one more token, [BOS], and files that name it, and 山."""
    config = replace(CONFIG, vocabulary_size=12)
    folder = tmp_path / "named"
    save_checkpoint(made(config), folder)
    names = [*VOCABULARY, "[BOS]"]
    model = {"type": "WordPiece", "vocab": {t: i for i, t in enumerate(names)}}
    tokenizer = {"model": model, "post_processor": {"type": "Sequence", "processors": [TEMPLATE]}}
    decoder = {str(i): {"content": names[i], "special": True} for i in (0, 4, 7, 10)}
    files = {
        "tokenizer.json": tokenizer,
        "tokenizer_config.json": {"do_lower_case": True, "added_tokens_decoder": decoder},
        "special_tokens_map.json": {"unk_token": "[UNK]", "eos_token": {"content": "b"}},
    }
    for name, values in files.items():
        (folder / name).write_text(json.dumps(values), encoding="utf-8")
    settings = json.loads((folder / "config.json").read_text())
    ids = {"bos_token_id": 11, "sep_token_id": 5, "eos_token_id": 8}
    (folder / "config.json").write_text(json.dumps(settings | ids))
    return folder


def test_all_that_files_name_is_kept_and_renumbered(named, tmp_path):
    def read(folder, name):
        return json.loads((folder / name).read_text(encoding="utf-8"))

    kept = keep_tokens(named, tmp_path / "kept", [])
    assert kept.ids == (0, 2, 3, 4, 5, 7, 10, 11)  # b, 山 and [BOS] are nobody's wish
    (processor,) = read(tmp_path / "kept", "tokenizer.json")["post_processor"]["processors"]
    assert {name: one["ids"] for name, one in processor["special_tokens"].items()} == {
        "[BOS]": [7],
        "[SEP]": [4],
    }
    decoder = read(tmp_path / "kept", "tokenizer_config.json")["added_tokens_decoder"]
    assert {i: one["content"] for i, one in decoder.items()} == {
        "0": "[PAD]",
        "3": "[CLS]",
        "5": "[MASK]",
        "6": "山",
    }
    config = read(tmp_path / "kept", "config.json")
    assert [config[name] for name in ("bos_token_id", "sep_token_id", "eos_token_id")] == [7, 4, None]
    restore_tokens(tmp_path / "kept", named, tmp_path / "back")
    for name in ("config.json", "tokenizer_config.json", "special_tokens_map.json", "tokenizer.json"):
        assert read(tmp_path / "back", name) == read(named, name)
    assert not (tmp_path / "back" / "kept_tokens.json").exists()


def test_what_stands_around_a_text_must_be_there(named, tmp_path):
    values = json.loads((named / "tokenizer.json").read_text())
    values["post_processor"] = {"sep": ["[EOS]", 12]}
    (named / "tokenizer.json").write_text(json.dumps(values))
    with pytest.raises(CheckpointError, match=r"around a text\. It lacks: '\[EOS\]'\. Add it"):
        keep_tokens(named, tmp_path / "kept", [])


@pytest.mark.parametrize(
    "damage",
    [
        {"post_processor": {"sep": []}},
        {"post_processor": {"special_tokens": ["[SEP]"]}},
        {"post_processor": {"special_tokens": {"[SEP]": {"id": "[SEP]"}}}},
        {"post_processor": {"processors": 3}},
        {"padding": {"pad_token": ["[PAD]"]}},
    ],
)
def test_a_damaged_tokenizer_is_told(damage, named, tmp_path):
    values = json.loads((named / "tokenizer.json").read_text())
    (named / "tokenizer.json").write_text(json.dumps(values | damage))
    with pytest.raises(CheckpointError, match=r"of the tokenizer in .* must be as transformers writes them"):
        keep_tokens(named, tmp_path / "kept", [])
    assert not (tmp_path / "kept").exists()


def test_a_family_is_named(full, tmp_path):
    """Google's configurations do not name it, and transformers must have it."""
    save_checkpoint(made(replace(CONFIG, family="bert", embedding_width=None)), tmp_path / "bert")
    settings = json.loads((tmp_path / "bert" / "config.json").read_text())
    del settings["model_type"]
    (tmp_path / "bert" / "config.json").write_text(json.dumps(settings))
    (tmp_path / "bert" / "vocab.txt").write_bytes((full / "vocab.txt").read_bytes())
    keep_tokens(tmp_path / "bert", tmp_path / "kept", [])
    assert json.loads((tmp_path / "kept" / "config.json").read_text())["model_type"] == "bert"


def test_a_folder_is_written_whole_and_over_nothing_else(full, tmp_path, monkeypatch):
    target = tmp_path / "kept"
    keep_tokens(full, target, ["白"])
    before = {file.name: file.read_bytes() for file in target.iterdir()}

    def fails(*_):
        raise OSError("no space")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.write_bytes", fails)
        with pytest.raises(OSError, match="no space"):
            keep_tokens(full, target, ["山"])
    assert {file.name: file.read_bytes() for file in target.iterdir()} == before
    keep_tokens(full, target, ["山"])
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match=r"new or empty folder.* It holds: thesis\.txt\. Name another"):
        keep_tokens(full, target, ["白"])
    with pytest.raises(FileExistsError, match="new or empty folder"):
        keep_tokens(full, target / "thesis.txt", ["白"])


def copied(full, folder, change):
    """The checkpoint with other tensors."""
    folder.mkdir()
    for name in ("config.json", "vocab.txt"):
        (folder / name).write_bytes((full / name).read_bytes())
    save_file(change(load_file(full / "model.safetensors")), folder / "model.safetensors")
    return folder


def without_head(tensors):
    return {name: x for name, x in tensors.items() if name.startswith("electra.")}


def test_the_original_may_be_a_bare_encoder(full, tmp_path):
    """Its names lack that of the network, and there was no head: what is said of the other tokens is 0."""

    def bare(tensors):
        return {name.removeprefix("electra."): x for name, x in without_head(tensors).items()}

    original = copied(full, tmp_path / "bare", bare)
    kept = keep_tokens(original, tmp_path / "kept", ["白"])
    model = load_checkpoint(tmp_path / "kept", "masked_lm", new_head=True)
    bias = model.get_layer("transformer").token_bias.bias
    bias.assign(np.arange(1, 7, dtype="float32"))
    save_checkpoint(model, tmp_path / "trained", tmp_path / "kept")
    restore_tokens(tmp_path / "trained", original, tmp_path / "back")
    after = load_file(tmp_path / "back" / "model.safetensors")
    np.testing.assert_array_equal(rows(tmp_path / "back"), rows(full))
    wanted = np.zeros(11)
    wanted[list(kept.ids)] = range(1, 7)
    np.testing.assert_array_equal(after["generator_lm_head.bias"], wanted)
    assert says(tmp_path / "back", np.array([[4, 8, 5]])).shape == (1, 3, 11)


def test_the_pruned_one_may_be_a_bare_encoder(full, tmp_path):
    """What is written has the names that it had."""
    keep_tokens(full, tmp_path / "kept", ["白"])
    for file in ("kept_tokens.json", "vocab.txt", "config.json"):
        (tmp_path / file).write_bytes((tmp_path / "kept" / file).read_bytes())
    tensors = without_head(load_file(tmp_path / "kept" / "model.safetensors"))
    save_file(
        {name.removeprefix("electra."): x for name, x in tensors.items()}, tmp_path / "model.safetensors"
    )
    restore_tokens(tmp_path, full, tmp_path / "back")
    after = load_file(tmp_path / "back" / "model.safetensors")
    np.testing.assert_array_equal(after["embeddings.word_embeddings.weight"], rows(full))


def test_the_original_must_have_a_table_of_the_same_width(full, tmp_path):
    keep_tokens(full, tmp_path / "kept", ["白"])
    name = "electra.embeddings.word_embeddings.weight"
    wide = copied(full, tmp_path / "wide", lambda tensors: tensors | {name: np.zeros((11, 4), "float32")})
    with pytest.raises(CheckpointError, match=rf"{name} of .* the shape \(11, 3\)\. It has: \(11, 4\)"):
        restore_tokens(tmp_path / "kept", wide, tmp_path / "back")

    def no_table(tensors):
        return {n: x for n, x in tensors.items() if n == "generator_lm_head.bias"}

    bias = copied(full, tmp_path / "bias", no_table)
    with pytest.raises(CheckpointError, match=f"must have {name}. It lacks it"):
        restore_tokens(tmp_path / "kept", bias, tmp_path / "back")


def test_strange_tokens_are_refused(full, tmp_path):
    with pytest.raises(ValueError, match=r"must be of the vocabulary\. Received: 雾, which are not"):
        keep_tokens(full, tmp_path / "kept", ["白", "雾"])
    assert not (tmp_path / "kept").exists()


def test_what_does_not_belong_together_is_refused(full, tmp_path):
    kept = tmp_path / "kept"
    keep_tokens(full, kept, ["白"])
    (kept / "kept_tokens.json").write_text('{"ids": [0, 2, 4, 5, 7, 8], "size": 12}')
    with pytest.raises(CheckpointError, match="was not made from"):
        restore_tokens(kept, full, tmp_path / "back")
    (kept / "kept_tokens.json").write_text('{"ids": [3, 2], "size": 12}')
    with pytest.raises(CheckpointError, match="no map of kept tokens"):
        restore_tokens(kept, full, tmp_path / "back")


def test_pruned_twice_and_back(full, tmp_path):
    """The map of the second counts in the ids of the first of all."""
    keep_tokens(full, tmp_path / "a", ["b", "##c", "白", "山"])
    kept = keep_tokens(tmp_path / "a", tmp_path / "b", ["b", "山"])
    assert kept == KeptTokens.load(tmp_path / "b") == KeptTokens((0, 2, 3, 4, 5, 7, 10), 11)
    np.testing.assert_array_equal(rows(tmp_path / "b"), rows(full)[list(kept.ids)])
    restore_tokens(tmp_path / "b", full, tmp_path / "back")
    np.testing.assert_array_equal(rows(tmp_path / "back"), rows(full))
    with pytest.raises(CheckpointError, match=r"must have the 11 tokens .* Received: 9 tokens\. Name"):
        restore_tokens(tmp_path / "b", tmp_path / "a", tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_a_map_of_another_vocabulary_is_refused(full, tmp_path):
    kept = tmp_path / "kept"
    keep_tokens(full, kept, ["白"])
    (kept / "kept_tokens.json").write_text('{"ids": [0, 2, 4, 5, 7, 9], "size": 11}')
    with pytest.raises(CheckpointError, match="must have the same tokens at the ids"):
        restore_tokens(kept, full, tmp_path / "back")
    (kept / "kept_tokens.json").write_text('{"ids": [0, 2, 4, 5, 7], "size": 11}')
    with pytest.raises(CheckpointError, match=r"an id for each of the 6 tokens .* It has: 5\. Take it away"):
        keep_tokens(kept, tmp_path / "again", ["白"])


def test_nothing_is_written_over_what_is_read(full, tmp_path):
    keep_tokens(full, tmp_path / "kept", ["白"])
    before = (full / "model.safetensors").read_bytes()
    with pytest.raises(ValueError, match=r"target must be another folder .* Name a new folder"):
        keep_tokens(full, full / ".." / full.name, ["白"])
    for target in (full, tmp_path / "kept"):
        with pytest.raises(ValueError, match="target must be another folder"):
            restore_tokens(tmp_path / "kept", full, target)
    assert (full / "model.safetensors").read_bytes() == before


def test_a_checkpoint_without_vocabulary_is_refused(full, tmp_path):
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((full / name).read_bytes())
    with pytest.raises(CheckpointError, match=r"must have a vocabulary, vocab\.txt"):
        keep_tokens(tmp_path, tmp_path / "kept", [])


@given(st.sets(st.integers(0, 99), min_size=1))
def test_ids_go_there_and_back(ids):
    kept = KeptTokens(tuple(sorted(ids)), 100)
    today = np.arange(len(ids))
    np.testing.assert_array_equal(kept.new(kept.old(today), unknown=0), today)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"vocab_size": True}, "must say vocab_size"),
        ({"pad_token_id": "0"}, "pad_token_id must be one of the 11"),
    ],
)
def test_damaged_settings_are_refused(settings, message, full, tmp_path):
    for file in full.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    values = json.loads((full / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(values | settings))
    with pytest.raises(CheckpointError, match=rf"config\.json.*{message}"):
        keep_tokens(tmp_path, tmp_path / "new", ["白"])


@pytest.mark.parametrize("tokens", ["白山", b"ab"])
def test_one_string_is_no_sequence_of_tokens(tokens, full, tmp_path):
    with pytest.raises(TypeError, match=r"tokens must be a sequence of tokens: pass \[token\]"):
        keep_tokens(full, tmp_path / "new", tokens)
    assert not (tmp_path / "new").exists()
