"""A command line at work on a reader that needs no Keras."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from maskplay.cli.app import app
from maskplay.reading import Reader


@pytest.fixture
def loaded(oracle_reader: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The oracle, in the place of whatever reader is loaded."""
    monkeypatch.setattr(Reader, "load", lambda folder=None: oracle_reader)
    return oracle_reader


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run `maskplay read` with arguments and standard input, as a user would see it (80 columns, no colours)."""

    def run_read(*arguments: str | Path, stdin: str | bytes = "") -> Result:
        result = CliRunner().invoke(app, ["read", *map(str, arguments)], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run_read


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder with three texts that are read, and others that are not."""
    folder = tmp_path / "notes"
    (folder / "deeper").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "a.txt").write_text("广州很大。\n白云山主峰高382米，不算高。\n", encoding="utf-8")
    (folder / "deeper" / "b.MD").write_text("登白云山时请注意安全，主峰海拔382米。", encoding="utf-8")
    (folder / "c.txt").write_text("越秀岗约70米。", encoding="utf-8")
    (folder / "d.pdf").write_bytes(b"%PDF 400")
    (folder / ".hidden" / "e.txt").write_text("白云山高999米。", encoding="utf-8")
    return folder
