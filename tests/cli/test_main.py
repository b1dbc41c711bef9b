"""The program as a process: help, version, broken pipes, Ctrl-C, what cannot be shown."""

import json
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

import maskplay
from maskplay.cli.app import app
from maskplay.cli.refusal import tidy
from maskplay.reading import Reader

Run = Callable[..., Result]
PROGRAM = [sys.executable, "-c", "from maskplay.cli import main; main()"]


@pytest.mark.parametrize("command", ["ask", "train", "evaluate", "doctor", "vectors"])
def test_help_has_examples(run: Run, command: str) -> None:
    for option in ("--help", "-h"):
        text = run(command, option).stdout
        assert f"\n    maskplay read {command} " in text
        assert "\b" not in text


def test_version_and_help() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"maskplay {maskplay.__version__}\n"
    for arguments in (["--help"], ["read", "--help"]):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0
        assert "read" in result.stdout
    assert CliRunner().invoke(app, ["write"]).exit_code == 2


def test_bad_input_is_one_sentence_of_the_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "read", "ask", "多高？", tmp_path / "none"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"maskplay: {tmp_path}/none: no such file or folder. A passage itself is given with --text."
    ]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError("Unable to allocate 8 TiB"), 2),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 1 bytes."), 2),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate"), 2),
        (RuntimeError("a fault of ours"), None),
    ],
)
def test_a_lack_of_memory_is_one_sentence(
    error: Exception, code: int | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MASKPLAY_TRACEBACK", raising=False)

    def command() -> None:
        raise error

    with pytest.raises(RuntimeError if code is None else typer.Exit) as stopped:
        tidy(command)()
    if code is None:
        assert stopped.value is error
    else:
        assert stopped.value.exit_code == code
        assert capsys.readouterr().err.startswith("maskplay: There is not enough memory for this.")


def test_a_reader_of_the_output_may_go_away(tmp_path: Path) -> None:
    record = {"question": "多高？", "passage": "高382米", "answer": "无处"}
    (tmp_path / "a.jsonl").write_text((json.dumps(record) + "\n") * 3000, encoding="utf-8")
    command = [*PROGRAM, "read", "doctor", str(tmp_path / "a.jsonl"), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        assert process.wait(300) == 141
    assert complaint == b""


def test_what_cannot_be_encoded_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"question": "高？", "passage": "\\ud800高", "answer": "低"}', encoding="utf-8"
    )
    for encoding in ("utf-8", "ascii"):
        done = subprocess.run(
            [*PROGRAM, "read", "doctor", "--json", tmp_path / "a.jsonl"],
            capture_output=True,
            timeout=300,
            env={"PYTHONIOENCODING": encoding, "PATH": ""},
        )
        assert done.returncode == 1, done.stderr
        assert "answer-not-found" in json.loads(done.stdout)["counts"]


def test_ctrl_c(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(folder: Any = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Reader, "load", interrupted)
    result = run("ask", "多高？", "-t", "高")
    assert result.exit_code == 130
    assert result.stderr == "Stopped.\n"


def test_standard_output_may_be_closed() -> None:
    command = f"{shlex.join(PROGRAM)} masks draw causal --length 3 >&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")


INTERRUPTIONS = {
    "while the commands are imported": "raise KeyboardInterrupt",
    # What is dropped comes again.
    "while garbage is collected": """
        def interrupted(*_):
            gc.callbacks.remove(interrupted)
            signal.raise_signal(signal.SIGINT)

        gc.callbacks.append(interrupted)
        gc.collect()
        time.sleep(1.5)
    """,
    "where a library drops it": """
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        time.sleep(1.5)
    """,
    # Python's own end would wait for it, and crash where it is a backend's.
    "in a command, while something is computed": """
        def command():
            threading.Thread(target=time.sleep, args=[600]).start()
            raise KeyboardInterrupt

        app = typer.Typer()
        app.command()(maskplay.cli.refusal.tidy(command))
        app([])
    """,
}


@pytest.mark.parametrize("run", INTERRUPTIONS.values(), ids=INTERRUPTIONS)
def test_ctrl_c_ends_the_program(run: str) -> None:
    program = (
        "import contextlib, gc, signal, threading, time, typer, maskplay.cli.refusal, maskplay_command\n"
        f"def run():\n{textwrap.indent(textwrap.dedent(run), '    ')}\n"
        "maskplay.cli.main = run\n"
        "maskplay_command.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (130, "Stopped.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
def test_help_on_a_full_disk() -> None:
    program = [sys.executable, "-c", "from maskplay_command import main; main()"]
    command = f"{shlex.join(program)} --help > /dev/full"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (2, "maskplay: [Errno 28] No space left on device\n")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OSError(28, "No space left on device", "model.safetensors"),
            "model.safetensors: No space left on device",
        ),
        (MemoryError("12 GB"), "There is not enough memory for this. 12 GB"),
        (
            ImportError("Training word vectors needs gensim:\n pip install"),
            "Training word vectors needs gensim: pip",
        ),
        (ValueError(), "ValueError"),
    ],
)
def test_errors_are_sentences(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fails(folder: Any = None) -> None:
        raise error

    monkeypatch.setattr(Reader, "load", fails)
    result = run("ask", "多高？", "-t", "高")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"maskplay: {sentence}")
    assert result.stderr.count("\n") == 1
    monkeypatch.setenv("MASKPLAY_TRACEBACK", "1")
    with pytest.raises(type(error)):
        CliRunner().invoke(app, ["read", "ask", "多高？", "-t", "高"], catch_exceptions=False)
