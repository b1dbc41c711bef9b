"""What a writer's training tells: a progress bar or a line a minute, a line for each epoch, and the history."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maskplay._files import write_whole
from maskplay.cli.console import console
from maskplay.cli.refusal import say
from maskplay.cli.training_report import duration

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from maskplay.writing import Progress

HISTORY = "history.jsonl"
_SMOOTHING = 0.98  # of the loss that is shown
_PAUSE = 60.0  # seconds between lines where no bar can be drawn


class WriteReport:
    """Tells how training goes.

    Args:
        folder: the history is written here.
        epochs: how many there will be.
    """

    def __init__(self, folder: Path, epochs: int) -> None:
        self._folder, self._epochs = folder, epochs
        self._rows = _read(folder / HISTORY)
        self._bar: Bar | None = None
        self._task: Any = None
        self._first: tuple[int, float] | None = None  # the first step told, and when
        self._told = time.monotonic()
        self._loss = 0.0

    def __enter__(self) -> "WriteReport":
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def step(self, progress: "Progress") -> None:
        """Show a step."""
        if self._first is None:
            self._first, self._loss = (progress.step, time.monotonic()), progress.loss
            if progress.step > 1:
                say(f"Going on from step {progress.step:,} of {progress.steps:,}.")
        self._loss = _SMOOTHING * self._loss + (1 - _SMOOTHING) * progress.loss
        if sys.stderr.isatty():
            self._draw(progress)
        elif time.monotonic() - self._told > _PAUSE:
            self._told = time.monotonic()
            say(f"step {progress.step:,} of {progress.steps:,}  {self._figures(progress)}")

    def epoch(self, row: dict[str, float]) -> None:
        """Print what an epoch reached, and write the history."""
        kept = [one for one in self._rows if one.get("epoch", 0) < row["epoch"] + 1]
        self._rows = [*kept, {**row, "epoch": row["epoch"] + 1}]
        write_whole(self._folder / HISTORY, "".join(json.dumps(one) + "\n" for one in self._rows).encode())
        line = f"epoch {row['epoch'] + 1:.0f}/{self._epochs}  loss {row['loss']:.4f}"
        if "perplexity" in row:
            line += f"  perplexity held out {row['perplexity']:.3f}"
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
            description=f"epoch {progress.epoch + 1}/{self._epochs}",
            figures=self._figures(progress),
        )

    def _figures(self, progress: "Progress") -> str:
        first, began = self._first or (progress.step, time.monotonic())
        done = progress.step - first
        left = (
            f"  {duration((time.monotonic() - began) / done * (progress.steps - progress.step))} left"
            if done
            else ""
        )
        return f"loss {self._loss:.3f}  {progress.tokens_per_second:,.0f} tokens/s{left}"


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (FileNotFoundError, ValueError):
        return []


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
