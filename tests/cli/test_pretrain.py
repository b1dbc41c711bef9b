"""`maskplay read pretrain`: what is given to `pretrain`, and what is told."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import Result

import maskplay.reading.pretraining  # noqa: F401 (imports Keras once, outside of the tests' time)
from maskplay.reading import Reader
from maskplay.reading.reader_files import bundled
from maskplay.text import WordVectors

Run = Callable[..., Result]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What `pretrain` was called with; it tells of an epoch."""
    calls = SimpleNamespace(stop=False)

    def pretrain(texts: Any, folder: Path, **settings: Any) -> None:
        calls.texts, calls.folder, calls.settings = list(texts), folder, settings
        settings["tell"](SimpleNamespace(epoch=0, step=1, steps=1, loss=8.0, per_second=5.0))
        if calls.stop:
            raise KeyboardInterrupt
        settings["note"]({"epoch": 0, "step": 1, "loss": 8.0, "perplexity": 99.5})

    monkeypatch.setattr(sys.modules["maskplay.reading.pretraining.pretrain"], "pretrain", pretrain)
    return calls


def test_everything_reaches_pretrain(run: Run, given: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("白雲山\n很高", encoding="gb18030")
    WordVectors(["山"], [[1.0, 2.0]]).save(tmp_path / "v.safetensors")
    files = [tmp_path / name for name in ("a.txt", "a.txt")]
    options = ("--epochs", 2, "--learning-rate", 0.01, "--seed", 7, "--encoding", "gb18030", "--simplify")
    out = tmp_path / "out"
    result = run("pretrain", *files, "--vectors", tmp_path / "v.safetensors", "--out", out, *options)
    assert result.exit_code == 0, result.stderr
    assert given.texts == ["白云山", "很高"] * 2
    assert given.folder == out
    chosen = given.settings["options"]
    assert (chosen.epochs, chosen.learning_rate, chosen.seed) == (2, 0.01, 7)
    assert given.settings["vectors"].words == ("山",)
    assert given.settings["start"] is None
    assert "Learning from 4 texts of 10 characters." in result.stderr
    assert f"maskplay read train DATASET --start {out}" in result.stderr.replace("\n", " ")
    assert result.stdout == "epoch 1/2  loss 8.0000  perplexity held out 99.500\n"
    (row,) = map(json.loads, (tmp_path / "out.training" / "history.jsonl").read_text().splitlines())
    assert row["perplexity"] == 99.5


@pytest.mark.parametrize("name", ["bundled", str(bundled())])
def test_a_reader_to_start_from(run: Run, given: Any, tmp_path: Path, name: str) -> None:
    result = run("pretrain", "-", "--start", name, "--out", tmp_path / "out", stdin="标准输入")
    assert result.exit_code == 0, result.stderr
    assert given.texts == ["标准输入"]
    assert given.settings["options"].learning_rate == 5e-4
    assert given.settings["start"].config == Reader.load(None).config


def test_stopping(run: Run, given: Any, tmp_path: Path) -> None:
    given.stop = True
    result = run("pretrain", "-", "--out", tmp_path / "out", stdin="标准输入")
    assert result.exit_code == 130
    assert "The same command goes on" in result.stderr


def test_no_texts(run: Run, given: Any) -> None:
    result = run("pretrain", "-", "--out", "x", stdin=" \n")
    assert (result.exit_code, result.stderr) == (
        2,
        "maskplay: The texts are empty, so there is nothing to learn from.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-", "--out", "."), "--out must name a folder of its own"),
        (("-", "--out", "x", "--learning-rate", 2), "--learning-rate must be between 0 and 1. Received: 2"),
        (("-", "--out", "x", "--encoding", "utf-9"), "no encoding called 'utf-9'"),
        (("nowhere.txt", "--out", "x"), "nowhere.txt: no such file or folder.\n"),
        (("-", "--out", "x", "--start", "nowhere"), "there is none at nowhere"),
        (
            ("-", "--out", "x", "--start", "bundled", "--vectors", "v.bin"),
            "--vectors has no place beside --start",
        ),
        (("-", "--out", "x", "--vectors", "."), "a folder; name a file of word vectors"),
    ],
)
def test_refusals(run: Run, given: Any, arguments: tuple[str | int, ...], message: str) -> None:
    result = run("pretrain", *arguments, stdin="标准输入")
    assert result.exit_code == 2
    assert message.replace("\n", " ") in result.stderr.replace("\n", " ")


def test_a_place_that_is_taken_is_told_before_anything_is_read(run: Run, given: Any, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    result = run("pretrain", "nowhere.txt", "--out", tmp_path)
    assert result.exit_code == 2
    assert "must be a new or empty folder" in result.stderr.replace("\n", " ")
