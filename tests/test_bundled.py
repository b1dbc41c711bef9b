"""The bundled reader answers the question that the README asks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from maskplay import Reader
from maskplay.reading.reader_files import bundled

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(not bundled().exists(), reason="there is no bundled reader yet")


def test_the_demo_is_answered_by_the_two_files_that_say_so() -> None:
    program = "from maskplay.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "read", "ask", "白云山主峰多高？", "examples/passages", "--json"],
        capture_output=True,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["text"] == "382米"
    assert {Path(one["source"]).name for one in found["evidence"]} == {"baiyunshan.txt", "morning_walk.txt"}


def test_the_example_runs() -> None:
    done = subprocess.run(
        [sys.executable, "examples/ask.py"], capture_output=True, text=True, cwd=ROOT, timeout=300, check=True
    )
    assert "白云山主峰多高？ 382米" in done.stdout
    assert "越秀山主峰海拔多少米？ 70米" in done.stdout


def test_another_hill_is_not_this_one() -> None:
    passages = [
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples" / "passages").glob("*"))
    ]
    reading = Reader.load().read(passages)
    assert reading.ask("越秀山主峰海拔多少米？").text == "70米"
    assert reading.ask("镇海楼始建于哪一年？", precision=None).score < 1
