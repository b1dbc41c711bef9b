"""How long a fresh process takes to answer, against one that only imports Keras."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from measures.clock import seconds


def cold_ask(
    question: str, passages: Sequence[str], model: Path | None, repeats: int = 5
) -> tuple[float, float]:
    """Time `maskplay read ask` and `python -c "import keras"`, alternating.

    Returns:
        Seconds of each, the best of several.
    """
    options = [] if model is None else ["--model", str(model)]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.txt") for number in range(len(passages))]
        for file, text in zip(files, passages, strict=True):
            file.write_text(text, encoding="utf-8")
        ask = [*_command(), "read", "ask", question, *map(str, files), *options]
        asked, imported = [], []
        for _ in range(repeats):
            asked.append(seconds(lambda: _run(ask)))
            imported.append(seconds(lambda: _run([sys.executable, "-c", "import keras"])))
    return min(asked), min(imported)


def _command() -> list[str]:
    """Find the command that was installed with this interpreter."""
    script = Path(sys.executable).parent / "maskplay"
    if script.exists():
        return [str(script)]
    return [sys.executable, "-c", "import sys; from maskplay.cli import main; sys.exit(main())"]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, env={**os.environ, "KERAS_BACKEND": "jax"}, capture_output=True, text=True)
    if done.returncode not in (0, 1):  # 1 may say that there is no answer
        raise RuntimeError(
            f"{command[:4]} must succeed. It ended with {done.returncode}: {done.stderr[-500:]}"
        )
