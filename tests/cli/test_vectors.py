"""`maskplay read vectors`: which texts are learned from, and what is written."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from maskplay.text import WordVectors

Run = Callable[..., Result]


@pytest.fixture
def learned(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What training was called with."""
    calls: dict[str, Any] = {}

    def train(texts: Any, **settings: Any) -> WordVectors:
        calls.update(settings, texts=list(texts))
        return WordVectors(["山"], [[1.0, 2.0]])

    monkeypatch.setattr(WordVectors, "train", train)
    return calls


def test_texts_of_every_kind(run: Run, learned: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("白云山\n很高", encoding="utf-8")
    record = {"question": "多高？", "passage": "高382米", "answer": "382米"}
    (tmp_path / "data.json").write_text(json.dumps([record, record]), encoding="utf-8")
    (tmp_path / "data.jsonl").write_text(json.dumps(record), encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text('{"text": "一\u2028三"}\n\n"二"\n', encoding="utf-8")
    files = [tmp_path / name for name in ("corpus", "data.json", "data.jsonl", "lines.jsonl")]
    result = run(
        "vectors", *files, "-", "--out", tmp_path / "v.bin", "--dim", "9", "--seed", "4", stdin="标准\n输入"
    )
    assert result.exit_code == 0, result.stderr
    passages = ["高382米", "多高？", "多高？", "高382米", "多高？"]
    assert learned["texts"] == ["白云山", "很高", *passages, "一\u2028三", "二", "标准", "输入"]
    assert (learned["dim"], learned["min_count"], learned["max_words"], learned["seed"]) == (9, 3, None, 4)
    assert "v.bin: 1 words of 2 numbers" in result.stderr
    assert WordVectors.load(tmp_path / "v.bin").words == ("山",)


def test_what_is_named_twice_counts_twice(run: Run, learned: dict[str, Any], tmp_path: Path) -> None:
    """Unlike where one asks, and also inside of a folder."""
    (tmp_path / "corpus").mkdir()
    text = tmp_path / "corpus" / "a.txt"
    text.write_text("白云山", encoding="utf-8")
    (tmp_path / "corpus" / "b.txt").symlink_to(text)
    result = run("vectors", text, text, tmp_path / "corpus", "--out", tmp_path / "v.bin")
    assert learned["texts"] == ["白云山"] * 4
    assert "left out" not in result.stderr


def test_traditional_texts_may_be_simplified(run: Run, learned: dict[str, Any], tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("白雲山很高", encoding="utf-8")
    for options, read in (((), "白雲山很高"), (("--simplify",), "白云山很高")):
        result = run("vectors", text, "--out", tmp_path / "v.bin", *options)
        assert (result.exit_code, learned["texts"]) == (0, [read])


def test_refusals(run: Run, learned: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "blank.txt").write_text(" \n", encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text('"一"\n{"title": "二"}', encoding="utf-8")
    (tmp_path / "a.txt").write_text("山", encoding="utf-8")
    for files, sentence in (
        ((tmp_path / "blank.txt",), "The texts are empty"),
        ((tmp_path / "lines.jsonl",), 'line 2 is neither a string nor an object with a "text"'),
        ((tmp_path / "none.json",), "no such file or folder"),
    ):
        result = run("vectors", *files, "--out", tmp_path / "v.bin")
        assert result.exit_code == 2
        assert sentence in result.stderr
    for out in (tmp_path / "no" / "v.bin", tmp_path):
        nowhere = run("vectors", tmp_path / "a.txt", "--out", out)
        assert nowhere.exit_code == 2
        assert "--out must name a file in a folder that there is" in nowhere.stderr
        assert not learned  # nothing is learned that cannot be kept
