"""`maskplay read calibrate`: the same network, another judgement."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from maskplay.reading import Reader

Run = Callable[..., Result]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    records = [
        {
            "id": str(i),
            "question": f"{hill}山多高？",
            "passage": f"{hill}山的主峰海拔{height}米。",
            "answers": [f"{height}米"],
        }
        for i, (hill, height) in enumerate(zip("白黑青红黄绿紫金银铜", range(310, 410, 10), strict=True))
    ]
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def test_a_reader_is_calibrated_and_saved(run: Run, own: Path, tmp_path: Path) -> None:
    result = run("calibrate", own, "--out", tmp_path / "reader")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.count("With 10 questions the probabilities will be rough") == 1
    assert "RoughCalibration" not in result.stderr  # the sentence alone, without its place in the code
    assert "it answers from a probability of" in result.stderr
    before, after = Reader.load(), Reader.load(tmp_path / "reader")
    assert after.config == before.config
    assert after.judgement.to_dict() != before.judgement.to_dict()


def test_refusals(run: Run, own: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("x", encoding="utf-8")
    taken = run("calibrate", own, "--out", tmp_path / "notes")
    assert taken.exit_code == 2
    assert "must be a new or empty folder" in taken.stderr
    assert run("calibrate", tmp_path, "--out", tmp_path / "reader").exit_code == 2
    assert run("calibrate", own, "--out", tmp_path / "reader", "--metric", "none").exit_code == 2
    assert not (tmp_path / "reader").exists()
