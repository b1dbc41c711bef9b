"""How far a training run is, while it runs."""

import sys
import time
from typing import TYPE_CHECKING, Any, Protocol

from maskplay.cli.console import console
from maskplay.cli.duration import duration
from maskplay.cli.refusal import say

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_SMOOTHING = 0.98  # of the loss that is shown
_PAUSE = 60.0  # seconds between lines where no bar can be drawn


class Step(Protocol):
    """What is known after a step."""

    @property
    def epoch(self) -> int:
        """From 0."""
        ...

    @property
    def step(self) -> int:
        """Steps done."""
        ...

    @property
    def steps(self) -> int:
        """Steps in all."""
        ...

    @property
    def loss(self) -> float:
        """Of this step."""
        ...


class StepDisplay:
    """Shows the steps of a run: on a terminal by a bar, elsewhere by a line a minute.

    Args:
        epochs: how many there will be.
    """

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._bar: Bar | None = None
        self._task: Any = None
        self._first: tuple[int, float] | None = None  # the first step told, and when
        self._told = time.monotonic()
        self._loss = 0.0

    def step(self, step: Step, speed: str) -> None:
        """Show a step and how fast steps go."""
        if self._first is None:
            self._first, self._loss = (step.step, time.monotonic()), step.loss
            if step.step > 1:
                say(f"Going on at step {step.step:,} of {step.steps:,}.")
        self._loss += (1 - _SMOOTHING) * (step.loss - self._loss)
        where = f"epoch {step.epoch + 1}/{self._epochs}"
        figures = f"loss {self._loss:.3f}  {speed}{self._left(step)}"
        if sys.stderr.isatty():
            self._draw(step, where, figures)
        elif self.due():
            say(f"{where}  step {step.step:,}/{step.steps:,}  {figures}")

    def due(self) -> bool:
        """Whether it is time for another line; then the next minute begins."""
        if time.monotonic() - self._told <= _PAUSE:
            return False
        self._told = time.monotonic()
        return True

    def epoch(self, epoch: int, figures: str) -> None:
        """Print what an epoch (from 1) reached."""
        line = f"epoch {epoch}/{self._epochs}  {figures}"
        if self._bar is None:
            print(line, flush=True)
        else:
            self._bar.print(line)

    def close(self) -> None:
        """Take the bar off the terminal."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _left(self, step: Step) -> str:
        first, began = self._first or (step.step, time.monotonic())
        if step.step == first:
            return ""
        seconds = (time.monotonic() - began) / (step.step - first) * (step.steps - step.step)
        return f"  {duration(seconds)} left"

    def _draw(self, step: Step, where: str, figures: str) -> None:
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task("", total=step.steps, figures="")
        self._bar.update(self._task, completed=step.step, description=where, figures=figures)


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
