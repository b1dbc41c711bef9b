"""The folder that a training writes to."""

from collections.abc import Callable
from pathlib import Path

from maskplay.cli.refusal import Refusal


def check_out(out: Path, check_place: Callable[[Path], None], start: str | None = None) -> None:
    """Require a place for what is trained, before anything is read.

    Args:
        out: what --out names.
        check_place: of the reader's or the writer's files: refuses a folder with something else.
        start: what --start names.
    """
    if not out.name:
        raise Refusal(f"--out must name a folder of its own. Received: {out}")
    if start is not None and Path(start).resolve() == out.resolve():
        # The same command could not go on: it would begin from what it wrote.
        raise Refusal(f"--out must be another folder than --start. Received for both: {out}. Name a new one.")
    check_place(out)
