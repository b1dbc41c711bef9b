"""How all columns of a table depend on each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.kernels import KernelLike
from maskplay.analysis.hsic.meaning.effect_size import effect_of
from maskplay.analysis.hsic.tables.draw_matrix import draw_matrix
from maskplay.analysis.hsic.tables.rank_columns import column_gram
from maskplay.analysis.hsic.tables.read_table import present, read_table
from maskplay.analysis.hsic.testing._prepared import Prepared
from maskplay.analysis.hsic.testing.correct_p_values import Correction, correct_p_values


@dataclass(frozen=True)
class DependenceMatrix:
    """How all columns depend on each other.

    Attributes:
        columns: their names.
        correlation: for every two, the correlation of the Gaussian pair that depends as much `(columns, columns)`.
        p_values: gamma p-values, corrected for the number of pairs `(columns, columns)`; 0 on the diagonal.
        samples: rows without missing values, which are those used.
    """

    columns: tuple[str, ...]
    correlation: Floats
    p_values: Floats
    samples: int

    def draw(self, path: str | Path, level: float = 0.05, *, theme: str = "auto") -> None:
        """Draw it; what is not significant is left open.

        Args:
            path: a .png or .svg.
            level: of significance.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers.

        Raises:
            ImportError: without matplotlib.
        """
        from maskplay.analysis._pictures import drawing

        side = 2.2 + 0.5 * len(self.columns)
        with drawing(path, (side + 1, side), theme) as (figure, _):
            axes = figure.subplots()
            draw_matrix(axes, np.where(self.p_values <= level, self.correlation, np.nan), self.columns)
            axes.set_title(f"dependence, as a Gaussian correlation (open: p > {level:g})", fontsize=9)
            figure.colorbar(axes.images[0], ax=axes, shrink=0.8)


def dependence_matrix(
    table: Any,
    *,
    columns: Sequence[str] | None = None,
    kernel: KernelLike = None,
    correction: Correction = "holm",
) -> DependenceMatrix:
    """Measure all pairs of columns, with gamma p-values.

    Args:
        table: As in `read_table`. Rows with a missing value in any of the columns are left out.
        columns: Names; None takes all.
        kernel: For columns of numbers.
        correction: For the number of pairs.

    Raises:
        ValueError: fewer than two columns, or than 4 rows without missing values.

    >>> import numpy as np
    >>> x, y = np.random.default_rng(0).standard_normal((2, 200))
    >>> dependence_matrix({"x": x, "y": y, "z": x * 2}).correlation.round(1).tolist()
    [[1.0, 0.1, 1.0], [0.1, 1.0, 0.1], [1.0, 0.1, 1.0]]
    """
    found = read_table(table)
    names = list(found) if columns is None else list(columns)
    if len(names) < 2:
        raise ValueError(f"There must be two columns or more. Received: {', '.join(names) or 'none'}")
    kept = np.logical_and.reduce([present(found[name]) for name in names])
    if int(kept.sum()) < 4:
        raise ValueError(f"There must be 4 rows without missing values. Received: {int(kept.sum())}")
    grams = [column_gram(found[name][kept], kernel, name) for name in names]
    correlation, p_values = np.eye(len(names)), np.zeros((len(names), len(names)))
    pairs = list(combinations(range(len(names)), 2))
    raw = []
    for i, j in pairs:
        pair = Prepared(grams[i], grams[j])
        correlation[i, j] = correlation[j, i] = effect_of(pair).correlation
        raw.append(pair.gamma_p_value)
    for (i, j), p_value in zip(pairs, correct_p_values(raw, correction), strict=True):
        p_values[i, j] = p_values[j, i] = p_value
    return DependenceMatrix(tuple(names), correlation, p_values, int(kept.sum()))
