"""Which part of a long measurement is being done."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

from maskplay.cli.console import console
from maskplay.cli.refusal import say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class StageDisplay:
    """Shows the stages of a measurement: on a terminal by a bar, elsewhere by a line for each."""

    def __init__(self) -> None:
        self._bar: Bar | None = None
        self._task: Any = None

    def __enter__(self) -> "StageDisplay":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, what: str, number: int, count: int) -> None:
        """Show what is being done, and which of how many stages it is."""
        if not sys.stderr.isatty():
            say(f"{number}/{count} {what}")
            return
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task("", total=count)
        self._bar.update(self._task, completed=number - 1, total=count, description=what)


def _bar() -> "Bar":
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    return Bar(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console(error=True),
        transient=True,
    )
