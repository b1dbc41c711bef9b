"""Tables of mixed columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import as_array, same_length
from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels.kernel import Gram, Kernel


@dataclass(frozen=True)
class ByColumn(Kernel):
    """The product of one kernel per column, each with a width of its own; categories and numbers may be mixed.

    Args:
        kernels: one for each column.

    >>> from maskplay.analysis.hsic.kernels import Delta, Gaussian
    >>> table = [[0.0, "a"], [1.0, "a"], [1.0, "b"]]
    >>> ByColumn([Gaussian(1.0), Delta()]).gram(table).full().round(4).tolist()
    [[1.0, 0.6065, 0.0], [0.6065, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """

    kernels: Sequence[Kernel]

    def prepare(self, x: Any, name: str = "x") -> Array:
        """Keep each column's own type.

        Raises:
            ValueError: if the number of columns is not that of the kernels.
        """
        columns = x if isinstance(x, np.ndarray) else np.array(x, dtype=object)
        columns = as_array(columns, name).reshape(len(columns), -1)
        if columns.shape[1] != len(self.kernels):
            raise ValueError(
                f"{name} must have a column for each of the {len(self.kernels)} kernels. "
                f"Received: {columns.shape[1]} columns"
            )
        return columns

    def between(self, a: Array, b: Array) -> Floats:
        """Compare prepared samples."""
        return reduce(
            np.multiply,
            (kernel(_typed(a[:, i]), _typed(b[:, i])) for i, kernel in enumerate(self.kernels)),
        )

    def gram(self, x: Any, name: str = "x") -> Gram:
        """Fit each kernel to its column and bind to all."""
        columns = self.prepare(x, name)
        grams = [kernel.gram(_typed(columns[:, i]), name) for i, kernel in enumerate(self.kernels)]
        return Gram(
            same_length(*(gram.size for gram in grams)),
            lambda rows, cols: reduce(np.multiply, (gram.block(rows, cols) for gram in grams)),
            reduce(np.multiply, (gram.diagonal for gram in grams)),
            ByColumn([gram.kernel for gram in grams]),
        )


def _typed(column: Array) -> Array:
    """An object column in the type that its entries have."""
    return np.array(column.tolist()) if column.dtype == object else column
