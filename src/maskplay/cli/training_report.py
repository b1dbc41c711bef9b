"""What the training of a reader tells: its steps, a line for each epoch, the history and its plot."""

from pathlib import Path
from typing import TYPE_CHECKING

from maskplay.cli.history import History
from maskplay.cli.refusal import say
from maskplay.cli.step_display import StepDisplay

if TYPE_CHECKING:
    from maskplay.reading import Progress


class TrainingReport:
    """Tells how training goes.

    Args:
        folder: the history is written here.
        epochs: how many there will be.
    """

    def __init__(self, folder: Path, epochs: int) -> None:
        self._history = History(folder, {"em": "EM", "f1": "F1"}, "validation, %")
        self._display = StepDisplay(epochs)
        self._rate = 0.0

    def __enter__(self) -> "TrainingReport":
        return self

    def __exit__(self, *error: object) -> None:
        self._display.close()

    def heard(self, done: int, total: int) -> None:
        """Show how much the teachers were asked."""
        if self._display.due() or done == total:
            say(f"Teachers: {done:,} of {total:,} questions.")

    def step(self, progress: "Progress") -> None:
        """Show a step."""
        self._rate = progress.per_second
        self._display.step(progress, f"{progress.per_second:.1f} pairs/s")

    def epoch(self, row: dict[str, float]) -> None:
        """Print what an epoch reached, and write the history."""
        epoch = int(row["epoch"]) + 1
        self._history.add({**row, "epoch": epoch, "pairs_per_second": self._rate})
        self._display.epoch(epoch, f"loss {row['loss']:.4f}  EM {row['em']:.2f}  F1 {row['f1']:.2f}")
