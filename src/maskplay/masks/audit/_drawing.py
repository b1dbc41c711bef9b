"""Matrices as text."""

import numpy as np

LARGEST = 48


def draw(cells: np.ndarray) -> str:
    """Draw single characters `(rows, columns)` with the last digits of the columns above, and row numbers."""
    wide = len(str(len(cells) - 1))
    head = " " * wide + " " + "".join(str(j % 10) for j in range(cells.shape[1]))
    return "\n".join([head, *(f"{i:>{wide}} {''.join(row)}" for i, row in enumerate(cells))])
