"""Matrices of dependence as pictures."""

from collections.abc import Sequence
from typing import Any

from maskplay.analysis.hsic._types import Floats

_NUMBERS_UP_TO = 14


def draw_matrix(axes: Any, matrix: Floats, names: Sequence[str]) -> None:
    """Draw a square matrix of values between 0 and 1, with its numbers where there is room; NaN is left open."""
    axes.imshow(matrix, vmin=0, vmax=1, cmap="viridis", aspect="auto")
    axes.grid(visible=False)
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right")
    axes.set_yticks(range(len(names)), names)
    if len(names) > _NUMBERS_UP_TO:
        return
    for i, row in enumerate(matrix):
        for j, value in enumerate(row):
            if value == value:  # a number
                # None of a theme: on a cell they must not change with the paper.
                colour = "#fefefe" if value < 0.6 else "#010101"
                axes.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize=7, color=colour)
