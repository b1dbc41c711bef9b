"""Writers of checkpoints with a part of their tokens."""

import pytest
from safetensors.numpy import load_file, save_file

from maskplay import Writer
from maskplay.decoding.samplers import Temperature
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
    (full / "config.json").write_text("{")
    (full / "vocab.txt").unlink()
    with pytest.raises(CheckpointError, match=r"config\.json is no JSON: .* Get the file anew"):
        Writer.from_pretrained(full)


def test_one_string_is_no_sequence_of_texts(full):
    with pytest.raises(TypeError, match=r"must be a sequence of texts: pass \[text\] .* Received: '白云'"):
        Writer.from_pretrained(full, keep_tokens="白云")
    with pytest.raises(TypeError, match=r"must be a sequence of texts: .* Received: b'one'"):
        SubwordTokenizer.load(full).tokens_in(b"one")


def test_allowed_texts_come_back_as_they_were_given(full):
    """The tokens of both know neither case nor blanks."""
    writer = Writer.from_pretrained(full)
    allowed = ["Play", "Player 山", "  白 云"]
    found = writer.candidates(["白云"], best=3, allowed=allowed, beam=3, max_length=5)[0]
    assert sorted(text.text for text in found) == sorted(allowed)
    for text in allowed:
        pieces = list(writer.stream("白云", allowed=[text], max_length=5))
        assert "".join(pieces) == writer("白云", allowed=[text], max_length=5) == text
    for seed in range(5):
        options = {"sampler": Temperature(9), "seed": seed, "allowed": allowed, "max_length": 5}
        assert "".join(writer.stream("白云", **options)) == writer("白云", **options) in allowed


def test_allowed_texts_must_differ_in_their_tokens(full):
    writer = Writer.from_pretrained(full)
    with pytest.raises(ValueError, match=r"differ in their tokens\. Received: 'Play' and 'play ', which"):
        writer("白云", allowed=["Play", "白", "play "], max_length=3)
    assert writer("白云", allowed=["Play", "Play"], max_length=3) == "Play"
    for ended in ("play[SEP]", "##"):
        with pytest.raises(ValueError, match="must be of known tokens"):
            writer("白云", allowed=[ended], max_length=3)


def test_allowed_texts_are_compared_as_their_tokens_say_them():
    writer = Writer.new(["春晓"], width=8, depth=1, heads=1, hidden=8, max_positions=9, simplify=True)
    found = writer.evaluate([("春", "曉")], allowed=["曉"], max_length=1)
    assert found.texts == ["曉"]
    assert found.exact == 100
