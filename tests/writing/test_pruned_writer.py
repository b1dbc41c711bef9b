"""Writers of checkpoints with a part of their tokens."""

import pytest
from safetensors.numpy import load_file, save_file

from maskplay import Writer
from maskplay.models import CheckpointError, KeptTokens, TransformerConfig, restore_tokens, save_checkpoint
from maskplay.text import SubwordTokenizer

NAMES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", "白", "云", "play", "##er", "山"]


@pytest.fixture
def full(tmp_path):
    config = TransformerConfig(
        vocabulary_size=11, width=8, depth=1, heads=2, hidden=8, max_positions=24, head="masked_lm"
    )
    network = config.layer(name="transformer")
    network.build((None, None))
    save_checkpoint(network, tmp_path / "full")
    (tmp_path / "full" / "vocab.txt").write_text("\n".join(NAMES) + "\n", encoding="utf-8")
    return tmp_path / "full"


def test_a_writer_takes_the_map_with_it(full, tmp_path):
    Writer.from_pretrained(full, keep_tokens=["白云 play"]).save(tmp_path / "writer", dtype="float32")
    wanted = KeptTokens((0, 1, 2, 3, 4, 6, 7, 8), 11)
    assert KeptTokens.load(tmp_path / "writer") == wanted
    loaded = Writer.load(tmp_path / "writer")
    loaded.save(tmp_path / "again")
    assert KeptTokens.load(tmp_path / "again") == wanted
    save_checkpoint(loaded.network, tmp_path / "small", vocabulary=tmp_path / "again")
    restore_tokens(tmp_path / "small", full, tmp_path / "back")
    assert (tmp_path / "back" / "vocab.txt").read_bytes() == (full / "vocab.txt").read_bytes()


def test_half_a_head_is_refused(full):
    file = full / "model.safetensors"
    tensors = load_file(file)
    del tensors["cls.predictions.transform.LayerNorm.bias"]
    save_file(tensors, file)
    with pytest.raises(CheckpointError, match=r"It lacks: cls\.predictions\.transform\.LayerNorm\.bias"):
        Writer.from_pretrained(full)
    save_file({name: x for name, x in tensors.items() if name.startswith("bert.")}, file)
    assert Writer.from_pretrained(full).coder.size == 11


def test_one_string_is_no_sequence_of_texts(full):
    with pytest.raises(TypeError, match=r"must be a sequence of texts: pass \[text\] .* Received: '白云'"):
        Writer.from_pretrained(full, keep_tokens="白云")
    with pytest.raises(TypeError, match=r"must be a sequence of texts: .* Received: b'one'"):
        SubwordTokenizer.load(full).tokens_in(b"one")
