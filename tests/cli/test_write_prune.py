"""Which tokens the command keeps."""

import pytest
from typer.testing import CliRunner

from maskplay.cli.app import app
from maskplay.models import TransformerConfig, save_checkpoint

NAMES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a b", "b", "白", "\u2028", "云"]


@pytest.fixture
def full(tmp_path):
    network = TransformerConfig(
        vocabulary_size=10, width=4, depth=1, heads=1, hidden=4, max_positions=9, head="masked_lm"
    ).layer(name="transformer")
    network.build((None, None))
    save_checkpoint(network, tmp_path / "full")
    (tmp_path / "full" / "vocab.txt").write_text("\n".join(NAMES) + "\n", encoding="utf-8", newline="")
    return tmp_path / "full"


def prune(full, *arguments, code=0):
    small = full.parent / "small"
    result = CliRunner().invoke(app, ["write", "prune", str(full), *map(str, arguments), "--out", str(small)])
    assert result.exit_code == code, result.stderr
    return result.stderr if code else (small / "vocab.txt").read_text(encoding="utf-8").split("\n")[5:-1]


def test_a_token_on_each_line(full, tmp_path):
    (tmp_path / "tokens.txt").write_bytes("a b\r\n\u2028\n\n云".encode())
    assert prune(full, "--tokens", tmp_path / "tokens.txt") == ["a b", "\u2028", "云"]


def test_tokens_that_occur_often_enough(full, tmp_path):
    (tmp_path / "texts.txt").write_text("白 b 云\n云 b\n云\n", encoding="utf-8")
    texts = ("--texts", tmp_path / "texts.txt")
    assert prune(full, *texts, "--at-least", 2) == ["b", "云"]
    (tmp_path / "tokens.txt").write_text("白\n", encoding="utf-8")
    assert prune(full, *texts, "--at-least", 3, "--tokens", tmp_path / "tokens.txt") == ["白", "云"]


def test_something_must_be_kept(full, tmp_path):
    (tmp_path / "texts.txt").write_text("白\n", encoding="utf-8")
    told = prune(full, "--texts", tmp_path / "texts.txt", "--at-least", 2, code=2)
    assert "No token is to be kept: --texts must have one often enough" in told


def test_the_checkpoint_is_not_written_over(full, tmp_path):
    (tmp_path / "tokens.txt").write_text("白\n", encoding="utf-8")
    (tmp_path / "small").symlink_to(full)
    told = prune(full, "--tokens", tmp_path / "tokens.txt", code=2)
    assert "target must be another folder" in told
    assert "Traceback" not in told
