"""Kernels of the user's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import as_array
from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels.kernel import Kernel


@dataclass(frozen=True)
class Custom(Kernel):
    """Any function of two arrays of samples, as they are given: strings, sets, sequences.

    Args:
        function: `function(a, b)` gives `(len(a), len(b))`; it must be symmetric and positive definite, which is
            not checked.

    >>> shared = Custom(lambda a, b: [[len({*s} & {*t}) for t in b] for s in a])
    >>> shared(["ab", "bc"], ["abc", "x"]).tolist()
    [[2.0, 0.0], [2.0, 0.0]]
    """

    function: Callable[[Any, Any], Any]

    def prepare(self, x: Any, name: str = "x") -> Array:
        """Leave samples as they are."""
        return as_array(x, name)

    def between(self, a: Array, b: Array) -> Floats:
        """Ask the function.

        Raises:
            ValueError: if what it gives has another shape, or is not finite.
        """
        matrix = np.asarray(self.function(a, b), np.float64)
        if matrix.shape != (len(a), len(b)):
            raise ValueError(
                f"A kernel function must give shape {(len(a), len(b))} for {len(a)} and {len(b)} samples. "
                f"Received: {matrix.shape}"
            )
        if not np.isfinite(matrix).all():
            raise ValueError("A kernel function must give finite numbers. Received: some that are not")
        return matrix

    def diagonal(self, x: Array) -> Floats:
        """Each sample with itself, in blocks."""
        parts = [np.diagonal(self.between(x[i : i + 64], x[i : i + 64])) for i in range(0, len(x), 64)]
        return np.concatenate(parts)
