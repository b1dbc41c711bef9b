"""`maskplay read evaluate`: figures by the benchmark's rules, explanations, the file of answers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from maskplay.reading import portions

Run = Callable[..., Result]


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    """Three questions in CMRC's form: one answered right, one by half (米 is missing), one wrong."""
    passages = {
        "Q1": ("白云山高382米。", "382米"),
        "Q2": ("越秀岗70米。", "70"),
        "Q3": ("广州很大，位于广州。", "很大"),
    }
    paragraphs = []
    for id, (context, answer) in passages.items():
        answers = [{"text": answer, "answer_start": context.index(answer)}]
        qas = [{"id": id, "question": "请问白云山越秀岗多高", "answers": answers}]
        paragraphs.append({"context": context, "qas": qas})
    path = tmp_path / "dev.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return path


def test_figures(run: Run, loaded: Any, dev: Path) -> None:
    result = run("evaluate", dev, "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert (found["metric"], found["count"], found["passages"]) == ("cmrc", 3, 3)
    assert found["em"] == pytest.approx(100 / 3)
    assert 100 / 3 < found["f1"] < 100
    assert found["average"] == pytest.approx((found["em"] + found["f1"]) / 2)
    assert found["seconds"] > 0
    assert found["passages_per_second"] == pytest.approx(3 / found["seconds"])
    assert 0 <= found["brier"] <= 1
    assert 0 <= found["calibration_error"] <= 1
    assert 0 <= found["coverage"] <= 1
    assert 0 <= found["precision"] <= 1
    shown = run("evaluate", dev).stdout
    assert shown.startswith(f"EM 33.33   F1 {found['f1']:.2f}   (cmrc, 3 questions)\n3 passages in ")


def test_portions_change_nothing(
    run: Run, loaded: Any, dev: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = json.loads(run("evaluate", dev, "--json").stdout)
    monkeypatch.setattr(portions, "PORTION", 9)
    parted = json.loads(run("evaluate", dev, "--json", "--predictions", tmp_path / "p.json").stdout)
    assert [parted[name] for name in ("em", "f1", "count")] == [whole[name] for name in ("em", "f1", "count")]
    answers = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert (answers["Q1"], answers["Q2"]) == ("382米", "70米")


def test_explanations(run: Run, loaded: Any, dev: Path) -> None:
    found = json.loads(run("evaluate", dev, "--json", "--explain", "Q1", "--explain-worst", "2").stdout)
    assert [one["id"] for one in found["explained"]] == ["Q1", "Q3", "Q2"]
    assert found["explained"][0]["em"] == 1
    assert found["explained"][2]["prediction"] == "70米"
    assert found["explained"][2]["references"] == ["70"]
    assert "precision" in found["explained"][1]["explanation"]
    shown = run("evaluate", dev, "--explain", "Q2").stdout
    assert "\nQ2\ncmrc  EM 0 " in shown
    assert "\n  reference 1: '70'" in shown


def test_another_metric(run: Run, loaded: Any, dev: Path) -> None:
    assert json.loads(run("evaluate", dev, "--json", "--metric", "squad").stdout)["metric"] == "squad"


def test_refusals(run: Run, loaded: Any, dev: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them before anything is read."""
    monkeypatch.setattr(loaded, "batch", None, raising=False)
    for arguments, sentence in (
        ((dev, "--explain", "Q9"), "has no question with the id Q9"),
        ((dev, "--metric", "bleu"), "no metric is called 'bleu'"),
        ((tmp_path / "none.json",), "none.json: No such file or directory"),
        ((dev, "--precision", "0.9"), "A precision needs a calibrated reader"),
        ((dev, "--predictions", tmp_path / "no" / "p.json"), "must name a file in a folder that is there"),
        ((dev, "--predictions", tmp_path), "must name a file in a folder that is there"),
    ):
        result = run("evaluate", *arguments)
        assert result.exit_code == 2
        assert sentence in result.stderr


def test_damaged_readers_are_named(run: Run, dev: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    folder.mkdir()
    for content, sentence in (("", "is damaged"), ('{"kind": 3}', "must be the configuration of a reader")):
        (folder / "config.json").write_text(content, encoding="utf-8")
        result = run("evaluate", dev, "--model", folder)
        assert result.exit_code == 2
        assert f"{folder}/config.json" in result.stderr
        assert sentence in result.stderr
