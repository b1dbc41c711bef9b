"""`maskplay read train`: what is given to `fit`, and what is told meanwhile."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import Result

import maskplay.reading.fitting  # noqa: F401 (imports Keras once, outside of the tests' time)
from maskplay.cli import step_display
from maskplay.cli.duration import duration
from maskplay.cli.training_report import TrainingReport
from maskplay.reading import Reader
from maskplay.reading.reader_files import bundled
from maskplay.text import WordVectors

Run = Callable[..., Result]


def _record(passage: str, answer: str) -> str:
    record = {"id": "1", "question": "山多高？", "passage": passage, "answer": answer}
    return json.dumps(record, ensure_ascii=False)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    paths[0].write_text(_record("白雲山高382米", "382米"), encoding="utf-8")
    paths[1].write_text(_record("越秀山高70米", "70米"), encoding="utf-8")
    return paths


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What `fit` was called with; it tells of two epochs of two steps."""
    calls = SimpleNamespace(at=0)

    def fit(examples: Any, folder: Path, **settings: Any) -> None:
        calls.examples, calls.folder, calls.settings = examples, folder, settings
        for step in range(calls.at, 4):
            settings["tell"](
                SimpleNamespace(epoch=step // 2, step=step + 1, steps=4, loss=8 - step, per_second=5.0)
            )
            if step % 2:
                settings["note"](
                    {"epoch": step // 2, "loss": 8.5 - step, "em": 30.0 + step, "f1": 50.0 + step}
                )
            if getattr(calls, "stop", None) == step:
                raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["maskplay.reading.fitting"], "fit", fit)
    return calls


def test_everything_reaches_fit(run: Run, files: list[Path], given: Any, tmp_path: Path) -> None:
    WordVectors(["山"], [[1.0, 2.0]]).save(tmp_path / "v.safetensors")
    options = (
        "--network",
        "dgcnn",
        "--epochs",
        "3",
        "--learning-rate",
        "0.01",
        "--batch",
        "99",
        "--seed",
        "5",
    )
    result = run(
        "train", *files, "--out", tmp_path / "out", "--validate", files[1], "--vectors", tmp_path / "v.safetensors",
        "--metric", "squad", "--simplify", "--teacher", bundled(), *options,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert given.folder == tmp_path / "out"
    assert [example.id for example in given.examples] == ["1:1", "2:1"]
    assert given.examples[0].passages[0].text == "白云山高382米"
    assert [example.id for example in given.settings["validation"]] == ["1"]
    assert (given.settings["metric"], given.settings["network"]) == ("squad", "dgcnn")
    assert given.settings["vectors"].words == ("山",)
    assert [teacher.config for teacher in given.settings["teachers"]] == [Reader.load().config]
    chosen = given.settings["options"]
    assert (chosen.epochs, chosen.learning_rate, chosen.positions, chosen.seed) == (3, 0.01, 99, 5)
    assert f"{files[0]}: 1 questions, format jsonl" in result.stderr
    assert f"The reader is in {tmp_path / 'out'}" in result.stderr


def test_what_is_not_given_is_the_default(run: Run, files: list[Path], given: Any, tmp_path: Path) -> None:
    from maskplay.reading import TrainingOptions

    assert run("train", files[0], "-o", tmp_path / "out").exit_code == 0
    assert given.settings["options"] == TrainingOptions()
    assert given.settings["validation"] is None
    assert given.settings["vectors"] is None
    assert given.settings["teachers"] == []
    assert given.settings["start"] is None
    assert (given.settings["metric"], given.settings["network"]) == ("cmrc", "aligned")
    assert given.examples[0].id == "1"
    assert given.examples[0].passages[0].text == "白雲山高382米"


def test_a_run_may_start_from_a_reader(run: Run, files: list[Path], given: Any, tmp_path: Path) -> None:
    for start in ("bundled", bundled()):
        assert run("train", files[0], "-o", tmp_path / "out", "--start", start).exit_code == 0
        assert given.settings["start"].config == Reader.load().config
    missing = run("train", files[0], "-o", tmp_path / "out", "--start", tmp_path / "none")
    assert missing.exit_code == 2
    assert "there is none at" in missing.stderr


def test_each_epoch_is_a_line_and_the_history_a_file_and_a_picture(
    run: Run, files: list[Path], given: Any, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    result = run("train", files[0], "--out", tmp_path / "out", "--epochs", "2")
    assert result.stdout.splitlines() == [
        "epoch 1/2  loss 7.5000  EM 31.00  F1 51.00",
        "epoch 2/2  loss 5.5000  EM 33.00  F1 53.00",
    ]
    folder = tmp_path / "out.training"
    rows = [json.loads(line) for line in (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["epoch"], row["loss"], row["em"], row["f1"]) for row in rows] == [
        (1, 7.5, 31, 51),
        (2, 5.5, 33, 53),
    ]
    assert (folder / "history.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in folder.iterdir()) == ["history.jsonl", "history.png"]


def test_ctrl_c_says_how_to_go_on_and_going_on_keeps_the_history(
    run: Run, files: list[Path], given: Any, tmp_path: Path
) -> None:
    given.stop = 2
    arguments = ("train", files[0], "--out", tmp_path / "out", "--epochs", "2")
    stopped = run(*arguments)
    assert stopped.exit_code == 130
    assert "Stopped. The same command goes on from the last checkpoint." in stopped.stderr
    given.stop, given.at = None, 2
    again = run(*arguments)
    assert again.exit_code == 0
    assert "Going on at step 3 of 4." in again.stderr
    lines = (tmp_path / "out.training" / "history.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2]


def test_mixed_precision_is_asked_for(run: Run, files: list[Path], given: Any, tmp_path: Path) -> None:
    import keras

    assert run("train", files[0], "--out", tmp_path / "out").exit_code == 0
    assert keras.config.dtype_policy().name == "float32"
    try:
        assert run("train", files[0], "--out", tmp_path / "out", "--mixed-precision").exit_code == 0
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")


def test_refusals(run: Run, files: list[Path], given: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('{"data": [', encoding="utf-8")
    (tmp_path / "empty.json").write_text('{"data": []}', encoding="utf-8")
    out = ("--out", tmp_path / "out")
    for arguments, sentence in (
        ((tmp_path / "missing.json", *out), "missing.json: No such file or directory"),
        ((tmp_path, *out), "a folder; name a dataset file"),
        ((tmp_path / "broken.json", *out), "broken.json: "),
        ((tmp_path / "empty.json", *out), "holds no questions"),
        ((files[0], *out, "--metric", "bleu"), "no metric is called 'bleu'"),
        ((files[0], *out, "--vectors", tmp_path), "name a file of word vectors"),
        ((files[0], *out, "--vectors", tmp_path / "none"), "none: No such file or directory"),
        ((files[0], *out, "--learning-rate", "7"), "--learning-rate must be between 0 and 1. Received: 7"),
        ((files[0], *out, "--start", tmp_path / "out"), "--out must be another folder than --start"),
        ((files[0], *out, "--start", "bundled", "--vectors", "v"), "--vectors has no place beside --start"),
        ((files[0], "--out", "."), "--out must name a folder of its own"),
        ((files[0], *out, "--network", "bert"), "'aligned', 'dgcnn'"),
    ):
        result = run("train", *arguments)
        assert result.exit_code == 2, arguments
        assert sentence in " ".join(result.stderr.split())
        assert "Traceback" not in result.stderr
    assert not hasattr(given, "examples")


def test_without_a_terminal_there_is_a_line_from_time_to_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter(range(0, 10_000, 50))
    monkeypatch.setattr(step_display, "time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    with TrainingReport(tmp_path, 2) as report:
        for step in (1, 2, 3):
            report.step(SimpleNamespace(epoch=0, step=step, steps=9, loss=2.0, per_second=7.0))  # type: ignore[arg-type]
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("epoch 1/2  step 3/9  loss 2.000  7.0 pairs/s  ")
    assert lines[-1].endswith(" left")


def test_on_a_terminal_there_is_a_bar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with TrainingReport(tmp_path, 2) as report:
        for step in (1, 2, 3):
            report.step(SimpleNamespace(epoch=0, step=step, steps=9, loss=2.0, per_second=7.0))  # type: ignore[arg-type]
        report.epoch({"epoch": 0, "loss": 2.0, "em": 1.0, "f1": 1.0})
    shown = terminal.getvalue()
    assert "3/9" in shown
    assert "loss 2.000  7.0 pairs/s" in shown
    assert "epoch 1/2  loss 2.0000  EM 1.00  F1 1.00" in shown


def test_durations() -> None:
    assert [duration(s) for s in (0.2, 61, 3599.6, 90_000)] == ["0:00", "1:01", "1:00:00", "25:00:00"]
