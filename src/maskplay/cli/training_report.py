"""What a training run tells: a progress bar, a line for each epoch, the history and its plot."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maskplay.cli.console import console
from maskplay.cli.history import History
from maskplay.cli.refusal import say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from maskplay.reading import Progress

_SMOOTHING = 0.98  # of the loss that is shown
_PAUSE = 60.0  # seconds between lines where no bar can be drawn


class TrainingReport:
    """Tells how training goes: on a terminal by a bar, elsewhere by a line a minute.

    Args:
        folder: the history is written here.
        epochs: how many there will be.
    """

    def __init__(self, folder: Path, epochs: int) -> None:
        self._history = History(folder)
        self._epochs = epochs
        self._bar: Bar | None = None
        self._task: Any = None
        self._first: tuple[int, float] | None = None  # the first step told, and when
        self._told = time.monotonic()
        self._loss = 0.0
        self._epoch = 0
        self._losses: list[float] = []
        self._rate = 0.0

    def __enter__(self) -> "TrainingReport":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the bar off the terminal."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def heard(self, done: int, total: int) -> None:
        """Show how much the teachers were asked."""
        if done == total or time.monotonic() - self._told > _PAUSE:
            self._told = time.monotonic()
            say(f"Teachers: {done:,} of {total:,} questions.")

    def step(self, progress: "Progress") -> None:
        """Show a step."""
        if progress.epoch != self._epoch or self._first is None:
            self._epoch, self._losses = progress.epoch, []
        if self._first is None:
            self._first = (progress.step, time.monotonic())
            self._loss = progress.loss
            if progress.step > 1:
                say(f"Going on at step {progress.step:,} of {progress.steps:,}.")
        self._losses.append(progress.loss)
        self._loss += (1 - _SMOOTHING) * (progress.loss - self._loss)
        self._rate = progress.pairs_per_second
        if sys.stderr.isatty():
            self._draw(progress)
        elif time.monotonic() - self._told > _PAUSE:
            self._told = time.monotonic()
            say(
                f"{self._where(progress)}  step {progress.step:,}/{progress.steps:,}  {self._figures(progress)}"
            )

    def epoch(self, scores: dict[str, float]) -> None:
        """Print what an epoch reached, and write the history."""
        loss = sum(self._losses) / max(1, len(self._losses))
        row = {"epoch": self._epoch + 1, "loss": loss, **scores, "pairs_per_second": self._rate}
        self._history.add(row)
        line = f"epoch {self._epoch + 1}/{self._epochs}  loss {loss:.4f}  EM {scores['em']:.2f}  F1 {scores['f1']:.2f}"
        if self._bar is None:
            print(line, flush=True)
        else:
            self._bar.print(line)

    def _draw(self, progress: "Progress") -> None:
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task("", total=progress.steps, figures="")
        self._bar.update(
            self._task,
            completed=progress.step,
            description=self._where(progress),
            figures=self._figures(progress),
        )

    def _where(self, progress: "Progress") -> str:
        return f"epoch {progress.epoch + 1}/{self._epochs}"

    def _figures(self, progress: "Progress") -> str:
        first, began = self._first or (progress.step, time.monotonic())
        done = progress.step - first
        seconds = (time.monotonic() - began) / done * (progress.steps - progress.step) if done else None
        left = "" if seconds is None else f"  {duration(seconds)} left"
        return f"loss {self._loss:.3f}  {progress.pairs_per_second:.1f} pairs/s{left}"


def duration(seconds: float) -> str:
    """Write a duration.

    >>> duration(42), duration(3720)
    ('0:42', '1:02:00')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _bar() -> "Bar":
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}"),
        console=console(error=True),
    )
