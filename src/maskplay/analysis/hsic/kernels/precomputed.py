"""Matrices that somebody else computed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import as_numbers
from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels.kernel import Gram, Kernel


@dataclass(frozen=True)
class Precomputed(Kernel):
    """The samples are a kernel matrix `(n, n)` already.

    >>> Precomputed().gram([[1.0, 0.5], [0.5, 1.0]]).full().tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """

    def prepare(self, x: Any, name: str = "x") -> Array:
        """Check the matrix.

        Raises:
            ValueError: if it is not square and symmetric.
        """
        matrix = as_numbers(x, name)
        if matrix.shape[0] != matrix.shape[1]:
            raise ValueError(
                f"{name} must be a square matrix of similarities. Received: shape {matrix.shape}"
            )
        if not np.allclose(matrix, matrix.T, rtol=1e-6, atol=1e-9 * float(np.abs(matrix).max())):
            raise ValueError(f"{name} must be a symmetric matrix of similarities. Received: one that is not")
        return matrix

    def between(self, a: Array, b: Array) -> Floats:
        """There is no function of two samples.

        Raises:
            TypeError: always.
        """
        raise TypeError("A precomputed matrix knows its own samples only; it cannot compare others.")

    def gram(self, x: Any, name: str = "x") -> Gram:
        """Bind to the matrix."""
        matrix = self.prepare(x, name)
        return Gram(
            len(matrix), lambda rows, columns: matrix[rows][:, columns], np.diagonal(matrix).copy(), self
        )
