"""The bundled reader answers the question that the README asks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from maskplay import Reader, Writer

ROOT = Path(__file__).parents[1]


def test_the_demo_is_answered_by_the_two_files_that_say_so() -> None:
    # A question about little text is not to wait for Keras.
    program = "import atexit, sys; atexit.register(lambda: print('keras' in sys.modules, file=sys.stderr))\n"
    program += "from maskplay.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "read", "ask", "白云山主峰多高？", "examples/passages", "--json"],
        capture_output=True,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == b"False"
    found = json.loads(done.stdout)
    assert found["text"] == "382米"
    assert {Path(one["source"]).name for one in found["evidence"]} == {"baiyunshan.txt", "morning_walk.txt"}


def test_the_example_runs() -> None:
    done = subprocess.run(
        [sys.executable, "examples/ask.py"], capture_output=True, text=True, cwd=ROOT, timeout=300, check=True
    )
    assert "白云山主峰多高？ 382米" in done.stdout
    assert "五羊石像建于哪一年？ 1960年" in done.stdout


@pytest.mark.parametrize(
    ("question", "answer"),
    [("五羊石像建于哪一年？", "1960年"), ("镇海楼始建于什么时候？", "明洪武十三年")],
)
def test_what_one_file_says_is_found_among_the_others(question: str, answer: str) -> None:
    paths = sorted((ROOT / "examples" / "passages").glob("*"))
    found = Reader.load()(question, [path.read_text(encoding="utf-8") for path in paths])
    assert found.text == answer
    assert {paths[evidence.passage].name for evidence in found.evidence} == {"yuexiushan.txt"}


def test_the_bundled_writer_writes_couplets_and_poems() -> None:
    folder = ROOT / "src" / "maskplay" / "writing" / "bundled"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 12_000_000
    writer = Writer.load()
    couplet = writer("對：明月松間照，", max_length=32)  # Traditional Chinese is read as Simplified
    assert len(couplet) == len("清泉石上流。")
    assert couplet == writer("对：明月松间照，", max_length=32)
    poem = writer("首句：白日依山尽，", max_length=64)
    assert poem.startswith("白日依山尽，")
    assert {len(line) for line in poem.splitlines()} == {len("白日依山尽，黄河入海流。")}
