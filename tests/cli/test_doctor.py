"""`maskplay read doctor`: what is wrong, what was mended, and the codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from maskplay.cli.data import dataset

Run = Callable[..., Result]


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Four questions whose offsets are wrong; one answer is a number, one stands nowhere."""
    answers = [("382米", 0), ("白云山", 1), (382, 4), ("米", 0), ("四百米", 2)]
    qas = [
        {"id": f"Q{i}", "question": "多高？", "answers": [{"text": text, "answer_start": start}]}
        for i, (text, start) in enumerate(answers)
    ]
    path = tmp_path / "faulty.json"
    paragraphs = [{"context": "白云山高382米。", "qas": qas}]
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return path


def test_faults_are_counted_and_shown(run: Run, faulty: Path) -> None:
    result = run("doctor", faulty)
    assert result.exit_code == 1
    assert f"{faulty}: 5 questions on 1 passages, 4 answers located, format cmrc" in result.stdout
    assert "\n3 x offset-wrong: the answer is not where its offset says (3 can be mended)\n" in result.stdout
    assert "x answer-not-found: the passage does not hold the answer (0 can be mended)" in result.stdout
    assert "(Q0): offset-wrong" in result.stdout


def test_other_commands_say_how_to_see_them(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words for a shell."""
    spaced = faulty.rename(faulty.with_name("my data.json"))
    dataset(spaced)
    assert capsys.readouterr().err.endswith(f" faults, see: maskplay read doctor '{spaced}'\n")


def test_json(run: Run, faulty: Path) -> None:
    found = json.loads(run("doctor", faulty, "--json").stdout)
    assert found["counts"]["offset-wrong"] == 3
    assert found["examples"] == 5
    assert {"kind", "where", "detail", "id", "repair"} == set(found["faults"][0])


def test_a_mended_file_is_written_and_healthier(run: Run, faulty: Path, tmp_path: Path) -> None:
    mended = tmp_path / "mended.json"
    result = run("doctor", faulty, "--repair", mended)
    assert result.exit_code == 0
    assert f"{mended}: written, " in result.stderr
    assert "need a human" in result.stderr
    left = json.loads(run("doctor", mended, "--json").stdout)["counts"]
    assert "offset-wrong" not in left
    again = run("doctor", faulty, "--repair", mended)
    assert again.exit_code == 2
    assert f"maskplay: {mended} exists; choose another name, or pass --overwrite.\n" == again.stderr
    assert run("doctor", faulty, "--repair", mended, "--overwrite").exit_code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device is Linux' own")
def test_what_cannot_be_written_is_named(run: Run, faulty: Path, tmp_path: Path) -> None:
    refused = run("doctor", faulty, "--repair", "/dev/full")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "maskplay: /dev/full exists; choose another name, or pass --overwrite.\n",
    )
    full = run("doctor", faulty, "--repair", "/dev/full", "--overwrite")
    assert (full.exit_code, full.stderr) == (2, "maskplay: /dev/full: No space left on device\n")
    nowhere = run("doctor", faulty, "--repair", tmp_path / "nowhere" / "a.json")
    assert (nowhere.exit_code, nowhere.stderr) == (
        2,
        f"maskplay: {tmp_path}/nowhere: No such file or directory\n",
    )


def test_a_healthy_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "healthy.jsonl"
    record = {"id": "1", "question": "多高？", "passage": "高382米", "answer": "382米", "start": 1}
    path.write_text(json.dumps(record), encoding="utf-8")
    result = run("doctor", path)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "Nothing is wrong."


def test_files_that_are_no_datasets(run: Run, tmp_path: Path) -> None:
    (tmp_path / "picture.json").write_bytes(b"\x89PNG\0\xff\xfe")
    unreadable = run("doctor", tmp_path / "picture.json")
    assert unreadable.exit_code == 2
    assert "picture.json: no dataset that can be read." in unreadable.stderr
    assert run("doctor", tmp_path).exit_code == 2
    assert "No such file or directory" in run("doctor", tmp_path / "none").stderr
    assert "Traceback" not in unreadable.stderr
