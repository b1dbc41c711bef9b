"""`maskplay read ask`: what is read, what is printed, which code."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import Result

from maskplay.reading import portions

Run = Callable[..., Result]
QUESTION = "白云山主峰多高？"


def test_the_answer_its_probability_and_every_place(run: Run, loaded: Any, notes: Path) -> None:
    result = run("ask", QUESTION, notes)
    assert result.exit_code == 0
    score = loaded(QUESTION, ["白云山主峰高382米", "白云山主峰海拔382米", "越秀岗约70米。"]).score
    lines = result.stdout.splitlines()
    assert lines[0].startswith("382米   probability 0.")
    assert abs(float(lines[0].split()[-1]) - score) < 0.2
    assert f"  {notes}/a.txt:2  characters 12-16   support 0." in result.stdout
    assert "\n    白云山主峰高[382米]，不算高。\n" in result.stdout
    assert "\n    登白云山时请注意安全，主峰海拔[382米]。\n" in result.stdout
    assert "70米" not in result.stdout
    assert "999" not in result.stdout


def test_json_has_offsets_into_the_files(run: Run, loaded: Any, notes: Path) -> None:
    result = run("ask", QUESTION, notes, "--json", "--top", "2")
    found = json.loads(result.stdout)
    assert (found["question"], found["text"], found["answered"]) == (QUESTION, "382米", True)
    assert 0 < found["threshold"] <= found["score"] <= 1
    best = {one["source"]: one for one in reversed(found["evidence"])}
    assert set(best) == {f"{notes}/a.txt", f"{notes}/deeper/b.MD"}
    for source, one in best.items():
        assert Path(source).read_text(encoding="utf-8")[one["start"] : one["end"]] == one["text"] == "382米"
    assert best[f"{notes}/a.txt"]["line"] == 2
    assert best[f"{notes}/a.txt"]["column"] == 7
    assert found["candidates"][0]["text"] == "382米"
    assert len(found["candidates"]) == 2
    assert found["runner_up"]["text"] == found["candidates"][1]["text"]


def test_no_answer_is_clear_and_exits_with_1(run: Run, loaded: Any) -> None:
    result = run("ask", "越秀岗多高？", "--text", "白云高382米")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "No answer. The best candidate is 382米, with probability under 0.01; 0.10 is needed.\n"
    )
    found = json.loads(run("ask", "越秀岗多高？", "--text", "白云高382米", "--json").stdout)
    assert (found["answered"], found["text"], found["evidence"]) == (False, "", [])
    assert found["runner_up"]["text"] == "382米"
    nothing = run("ask", "越秀岗多高？", "-t", "，。！")
    assert nothing.exit_code == 1
    assert "No answer. " in nothing.stdout


def test_standard_input_texts_and_files_together(run: Run, loaded: Any, notes: Path) -> None:
    result = run("ask", QUESTION, "-", notes / "c.txt", "-t", "越秀岗高400米", stdin="白云山主峰高382米")
    assert result.stdout.startswith("382米")
    assert "  standard input:1  characters 6-10" in result.stdout
    found = json.loads(run("ask", QUESTION, "-", "-t", "白云山高400米", "--json", stdin="").stdout)
    assert [one["source"] for one in found["evidence"]] == ["text 1"]


@pytest.mark.parametrize("each", ["line", "paragraph", "file"])
def test_what_makes_one_passage(run: Run, loaded: Any, tmp_path: Path, each: str) -> None:
    """However it is cut, both places are shown."""
    text = "广州。\r\n白云山高382米。\r\n \r\n\r\n登白云山，382米。\n"
    (tmp_path / "a.txt").write_bytes(text.encode())
    found = json.loads(run("ask", QUESTION, tmp_path / "a.txt", "--each", each, "--json").stdout)
    best = [one for one in found["evidence"] if one["text"] == "382米"]
    assert {text[one["start"] : one["end"]] for one in best} == {"382米"}
    assert {one["line"] for one in best} == {2, 5}
    assert len({one["score"] for one in best}) >= 1
    shown = run("ask", QUESTION, tmp_path / "a.txt", "--each", each).stdout
    assert shown.count("a.txt:") == 2


def test_a_long_file_shows_every_place_and_overlapping_spans_as_one(
    run: Run, loaded: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(("白云山高《382》米。" + "安全。" * 250) * 3, encoding="utf-8")
    found = json.loads(run("ask", QUESTION, tmp_path / "a.txt", "--json").stdout)
    starts = {one["start"] - one["text"].startswith("《") for one in found["evidence"]}
    shown = run("ask", QUESTION, tmp_path / "a.txt").stdout
    assert shown.count("a.txt:") == 3 <= len(starts)


def test_more_than_a_portion_gives_the_same(
    run: Run, loaded: Any, monkeypatch: pytest.MonkeyPatch, notes: Path
) -> None:
    arguments = ("ask", QUESTION, notes, "-t", "白云山高382米。" + "安全。" * 40, "-t", "广州。", "--json")
    whole = json.loads(run(*arguments).stdout)
    monkeypatch.setattr(portions, "PORTION", 30)
    parted = json.loads(run(*arguments).stdout)
    assert [one["source"] for one in parted["evidence"]] == [one["source"] for one in whole["evidence"]]
    assert parted["text"] == whole["text"] == "382米"
    assert parted["score"] == pytest.approx(whole["score"], abs=1e-5)


def test_encodings(run: Run, loaded: Any, tmp_path: Path) -> None:
    (tmp_path / "gb.txt").write_bytes("白云山高382米".encode("gb18030"))
    refused = run("ask", QUESTION, tmp_path / "gb.txt")
    assert refused.exit_code == 2
    assert f"{tmp_path}/gb.txt: byte 0 (0xb0) is not utf-8; name the encoding" in refused.stderr
    assert run("ask", QUESTION, tmp_path / "gb.txt", "--encoding", "gb18030").exit_code == 0
    (tmp_path / "bom.txt").write_bytes(b"\xef\xbb\xbf" + "白云山高382米".encode())
    found = json.loads(run("ask", QUESTION, tmp_path / "bom.txt", "--json").stdout)
    assert found["evidence"][0]["start"] == 4
    (tmp_path / "bom.txt").write_bytes(b"\xef\xbb\xbf" + "白云".encode() + b"\xff")
    assert "byte 9 (0xff) is not utf-8" in run("ask", QUESTION, tmp_path / "bom.txt").stderr
    (tmp_path / "wide.txt").write_text("白云山高382米", encoding="utf-16")
    assert run("ask", QUESTION, tmp_path / "wide.txt").exit_code == 0
    unknown = run("ask", QUESTION, tmp_path / "wide.txt", "--encoding", "klingon")
    assert "There is no encoding called 'klingon'" in unknown.stderr
    assert "There is no encoding called 'hex'" in run("ask", QUESTION, tmp_path, "--encoding", "hex").stderr


def test_a_folder_leaves_out_what_is_no_text_and_says_so(run: Run, loaded: Any, notes: Path) -> None:
    (notes / "binary.txt").write_bytes(b"\x89PNG\0\0\0")
    (notes / "gb.txt").write_bytes("白云山".encode("gb18030"))
    if hasattr(os, "mkfifo"):
        os.mkfifo(notes / "pipe.txt")  # nobody writes to it
    (notes / "loop.txt").symlink_to("loop.txt")
    result = run("ask", QUESTION, notes)
    assert result.exit_code == 0
    assert f"left out {notes}/loop.txt: " in result.stderr
    assert f"left out {notes}/binary.txt: not a text, byte 4 is NUL." in result.stderr
    assert f"left out {notes}/gb.txt: byte 0 (0xb0) is not utf-8" in result.stderr


def test_a_file_has_one_vote_however_often_it_is_named(
    run: Run, loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    Path("notes", "a.txt").write_text("白云山高382米。", encoding="utf-8")
    Path("b.txt").write_text("白云山高382米。", encoding="utf-8")  # another file, whatever it says
    Path("link.txt").symlink_to(Path("notes", "a.txt"))
    once = run("ask", QUESTION, "notes/a.txt", "b.txt", "--json")
    assert once.stderr == ""
    again = run(
        "ask",
        QUESTION,
        "notes/a.txt",
        "./notes/a.txt",
        "b.txt",
        tmp_path / "b.txt",
        "link.txt",
        "notes",
        "--json",
    )
    assert again.stdout == once.stdout
    assert again.stderr.splitlines() == [
        "left out ./notes/a.txt: it has been read already, as notes/a.txt",
        f"left out {tmp_path}/b.txt: it has been read already, as b.txt",
        "left out link.txt: it has been read already, as notes/a.txt",
        "left out of notes what has been read already: 1 of its texts",
    ]
    folder_first = json.loads(run("ask", QUESTION, "notes", "notes/a.txt", "notes", "--json").stdout)
    assert [one["source"] for one in folder_first["evidence"]] == ["notes/a.txt"]


def test_what_could_not_be_read_in_a_folder_is_refused_where_it_is_named(
    run: Run, loaded: Any, notes: Path
) -> None:
    (notes / "binary.txt").write_bytes(b"\0")
    result = run("ask", QUESTION, notes, notes / "binary.txt")
    assert result.exit_code == 2
    assert f"maskplay: {notes}/binary.txt: not a text" in result.stderr


def test_refusals(run: Run, loaded: Any, notes: Path, tmp_path: Path) -> None:
    (tmp_path / "binaries").mkdir()
    (tmp_path / "binaries" / "a.txt").write_bytes(b"\0\1")
    (tmp_path / "blank.txt").write_text(" \n", encoding="utf-8")
    for arguments, sentence in (
        ((" ", notes), "The question is empty"),
        ((QUESTION,), "There is nothing to read"),
        (
            (QUESTION, tmp_path / "missing"),
            "missing: no such file or folder. A passage itself is given with --text",
        ),
        ((QUESTION, ""), "named by a file or a folder, not by an empty string"),
        ((QUESTION, tmp_path / "binaries"), "binaries: this folder holds no text that can be read"),
        ((QUESTION, tmp_path / "binaries" / "a.txt"), "a.txt: not a text, byte 0 is NUL"),
        ((QUESTION, tmp_path / "blank.txt"), "The texts are empty"),
        ((QUESTION, "-", "-"), "Standard input (-) can be read only once"),
        ((QUESTION, notes, "--precision", "1.5"), "--precision must be above 0 and at most 1. Received: 1.5"),
        ((QUESTION, notes, "--precision", "0.9"), "A precision needs a calibrated reader"),
    ):
        result = run("ask", *arguments)
        assert result.exit_code == 2, arguments
        assert sentence in result.stderr
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
    assert run("ask", QUESTION, notes, "--top", "0").exit_code == 2
    assert run("ask").exit_code == 2


def test_a_missing_model_is_named(run: Run, notes: Path, tmp_path: Path) -> None:
    result = run("ask", QUESTION, notes, "--model", tmp_path / "none")
    assert result.exit_code == 2
    assert f"there is none at {tmp_path}/none" in result.stderr


def test_control_characters_do_not_reach_the_terminal(run: Run, loaded: Any) -> None:
    result = run("ask", QUESTION, "-t", "白云\x1b[2J山\u202e高382米\x07\udc80")
    assert result.exit_code == 0
    assert "\n    白云·[2J山·高[382米]··\n" in result.stdout


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.lists(st.text(max_size=50), max_size=4), st.sampled_from(["line", "paragraph", "file"]))
def test_any_text_is_answered_or_refused(
    run: Run, loaded: Any, question: str, texts: list[str], each: str
) -> None:
    options = [f"--text={text}" for text in texts]
    result = run("ask", "--json", "--each", each, *options, "--", question)
    assert result.exit_code in (0, 1, 2)
    if result.exit_code == 2:
        assert result.stderr.startswith("maskplay: ")
    else:
        found = json.loads(result.stdout)
        for one in found["evidence"]:
            number = int(one["source"].removeprefix("text "))
            assert texts[number - 1][one["start"] : one["end"]] == one["text"]
