"""Repaired files are healthy, in the same format, and appear whole or not at all."""

import errno
import json
from pathlib import Path

import pytest

from maskplay.datasets import FORMATS, DatasetError, doctor, load, repair


def test_everything_mendable_is_mended(sample, write, tmp_path):
    data = sample("cmrc")
    data["note"] = "kept"
    paragraph = data["data"][0]["paragraphs"][0]
    paragraph["qas"] += [
        {"id": "Q1", "question": 5, "answers": [{"text": 39764.0, "answer_start": -1}]},
        {"question": "？", "answers": [{"text": "广 州市。", "answer_start": 30, "by": "me"}]},
        {"id": "Q5", "question": "？", "answers": [{"text": "黄山", "answer_start": 2}]},
        {"id": "Q6"},
    ]
    path, out = write(data), tmp_path / "out.json"
    report = repair(path, out)
    assert report == doctor(path)
    assert report.examples == 5
    assert [fault.kind for fault in report.unrepaired] == ["answer-not-found"]
    written = json.loads(out.read_text("utf-8"))
    assert written["note"] == "kept"
    qas = written["data"][0]["paragraphs"][0]["qas"]
    assert qas[2] == {
        "id": "Q1#2",
        "question": "5",
        "answers": [{"text": "2008年11月12日", "answer_start": 17}],
    }
    assert qas[3]["answers"] == [{"text": "广州市", "answer_start": 5, "by": "me"}]
    assert qas[4]["answers"] == [{"text": "黄山", "answer_start": -1}]
    assert len(qas) == 5
    again = doctor(out)
    assert again.counts == {"answer-not-found": 1}
    assert load(out).format == "cmrc"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_healthy_files_stay_the_same(name, sample, write, tmp_path):
    value = sample(name)
    path = write(value, lines=name == "jsonl")
    before = load(path)
    repair(path, tmp_path / "out")
    after = load(tmp_path / "out")
    assert (after.examples, after.format) == (before.examples, before.format)
    if name != "jsonl":
        assert json.loads((tmp_path / "out").read_text("utf-8")) == value


def test_other_formats_are_mended_too(sample, write, tmp_path):
    for name in ("webqa", "sogou", "cmrc-list"):
        text = json.dumps(sample(name), ensure_ascii=False).replace('"382米"', '"３８２米。"')
        path = write(text.encode())
        report = repair(path, tmp_path / name)
        assert set(report.counts) == {"answer-differs"}
        assert doctor(tmp_path / name).healthy
        assert load(tmp_path / name).examples[0].answers[0].startswith("382米")


def test_missing_answers_leave_the_file(write, tmp_path):
    records = [
        {"question": "？", "passage": "山", "answers": [None, "山", " "]},
        {"question": "？", "passage": "山海", "answers": {"text": ["", "海"], "answer_start": [0]}},
        {"question": "？", "passage": "山海", "answers": [{"text": None, "answer_start": 0}, {"text": "海"}]},
        {"question": "？", "passage": "山海", "answer": "  "},
    ]
    report = repair(write(records, lines=True), tmp_path / "out")
    assert report.counts == {"answer-missing": 5, "offset-missing": 2}
    written = [json.loads(line) for line in (tmp_path / "out").read_text("utf-8").splitlines()]
    assert written[0]["answers"] == ["山"]
    assert written[1]["answers"] == {"text": ["海"], "answer_start": [1]}
    assert written[2]["answers"] == [{"text": "海", "answer_start": 1}]
    assert "answer" not in written[3]
    assert doctor(tmp_path / "out").healthy


def test_json_lines_lose_only_broken_lines(sample, write, tmp_path):
    lines = [json.dumps(record, ensure_ascii=False) for record in sample("jsonl")]
    path = write("\n".join([lines[1][:9], "", *lines, '{"question": null}']).encode())
    repair(path, tmp_path / "out")
    assert (tmp_path / "out").read_text("utf-8").splitlines() == lines


def test_truncated_and_miscoded_files_become_readable(sample, write, tmp_path):
    text = json.dumps(sample("cmrc"), ensure_ascii=False)
    content = text[: text.index("广州市", text.index("在哪里"))].encode()
    path = write(content.replace("白云".encode(), "白云".encode()[:-1]))
    repair(path, tmp_path / "out")
    (example,) = load(tmp_path / "out")
    assert example.passages[0].text.startswith("白\ufffd山")


def test_surrogates_are_written_as_json(write, tmp_path):
    path = write(b'{"question": "\\ud800?", "passage": "\\udc00\\ud800", "answer": "\\ud800"}')
    repair(path, tmp_path / "out")
    assert load(tmp_path / "out").examples == load(path).examples


def test_nothing_is_overwritten_silently(sample, write, tmp_path):
    path = write(sample("cmrc"))
    content = path.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        repair(path, path)
    assert path.read_bytes() == content
    repair(path, path, overwrite=True)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_nothing_readable_writes_nothing(write, tmp_path):
    path = write(b"soup")
    with pytest.raises(DatasetError, match=r"nothing could be read.*Expecting value"):
        repair(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_failed_write_leaves_nothing(sample, write, tmp_path, monkeypatch):
    def full(*_):
        raise OSError("No space left on device")

    path = write(sample("cmrc"))
    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        repair(path, tmp_path / "out")
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device is Linux' own")
def test_what_cannot_be_written_is_named(sample, write):
    path = write(sample("cmrc"))
    with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
        repair(path, "/dev/full", overwrite=True)


def test_a_file_that_may_not_be_written_is_named_and_not_the_one_beside_it(
    sample, write, tmp_path, monkeypatch
):
    def forbidden(*_, dir, **__):
        raise PermissionError(errno.EACCES, "Permission denied", f"{dir}/.temporary")

    path = write(sample("cmrc"))
    monkeypatch.setattr("tempfile.mkstemp", forbidden)
    with pytest.raises(PermissionError, match=r"Permission denied: '.*/out'"):
        repair(path, tmp_path / "out")
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: '.*/nowhere'"):
        repair(path, tmp_path / "nowhere" / "out")


def test_only_a_path_names_a_file(sample, write):
    for read in (load, doctor, lambda value: repair(value, "out")):
        for value in (None, 3, ["a.json"]):
            with pytest.raises(TypeError, match=r"`path` must name one file.*Received: ") as told:
                read(value)
            assert repr(value) in str(told.value)
    with pytest.raises(TypeError, match=r"`out` must name one file.*Received: None"):
        repair(write(sample("cmrc")), None)


def test_reports_become_json(sample, write):
    fields = doctor(write(sample("jsonl"), lines=True)).to_dict()
    assert json.loads(json.dumps(fields))["counts"] == {"answer-not-found": 1}
    assert fields["format"] == "jsonl"
    assert fields["located"] == 2
