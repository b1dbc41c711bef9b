"""What a training to say tokens or characters tells: its steps, a line for each epoch, the history and its plot."""

from pathlib import Path
from typing import TYPE_CHECKING

from maskplay.cli.history import History
from maskplay.cli.step_display import StepDisplay

if TYPE_CHECKING:
    from maskplay.writing import Progress


class WriteReport:
    """Tells how training goes.

    Args:
        folder: the history is written here.
        epochs: how many there will be.
        said: what is said, and counted by the second.
    """

    def __init__(self, folder: Path, epochs: int, said: str = "tokens") -> None:
        self._history = History(folder, {"perplexity": "perplexity"}, "held out")
        self._display = StepDisplay(epochs)
        self._said = said

    def __enter__(self) -> "WriteReport":
        return self

    def __exit__(self, *error: object) -> None:
        self._display.close()

    def step(self, progress: "Progress") -> None:
        """Show a step."""
        self._display.step(progress, f"{progress.per_second:,.0f} {self._said}/s")

    def epoch(self, row: dict[str, float]) -> None:
        """Print what an epoch reached, and write the history."""
        epoch = int(row["epoch"]) + 1
        self._history.add({**row, "epoch": epoch})
        held_out = f"  perplexity held out {row['perplexity']:.3f}" if "perplexity" in row else ""
        self._display.epoch(epoch, f"loss {row['loss']:.4f}{held_out}")
