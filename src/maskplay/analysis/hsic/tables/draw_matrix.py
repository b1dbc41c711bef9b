"""Pictures of matrices."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maskplay.analysis.hsic._types import Floats

_NUMBERS_UP_TO = 14


def new_figure(size: tuple[float, float]) -> Any:
    """A figure that needs no screen.

    Raises:
        ImportError: without matplotlib.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("Pictures need matplotlib: pip install 'maskplay[train]'") from error
    return Figure(figsize=size, layout="constrained")


def show_matrix(
    axes: Any, matrix: Floats, names: Sequence[str], columns: Sequence[str] | None = None
) -> None:
    """Draw a matrix of values between 0 and 1, with its numbers where there is room."""
    columns = names if columns is None else columns
    axes.imshow(matrix, vmin=0, vmax=1, cmap="viridis", aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=60, ha="right")
    axes.set_yticks(range(len(names)), names)
    if len(names) <= _NUMBERS_UP_TO:
        for i, row in enumerate(matrix):
            for j, value in enumerate(row):
                if value != value:  # not a number: nothing to show
                    continue
                axes.text(
                    j,
                    i,
                    f"{value:.2f}",
                    ha="center",
                    va="center",
                    fontsize=7,
                    color="w" if value < 0.6 else "k",
                )


def save(figure: Any, path: Path) -> None:
    """Write a PNG, beside its place first."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    figure.savefig(unfinished, format="png", dpi=120)
    os.replace(unfinished, path)
