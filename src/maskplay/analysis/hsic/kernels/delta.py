"""The kernel of categories."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import as_array
from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels.kernel import Gram, Kernel


@dataclass(frozen=True)
class Delta(Kernel):
    """1 for equal samples and 0 for different ones: for categories, strings, anything that has an equality.

    >>> Delta()(["a", "b"], ["b", "b"]).tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """

    def prepare(self, x: Any, name: str = "x") -> Array:
        """Bring samples into an array `(n, columns)` whose rows are compared.

        Raises:
            ValueError: if a label is missing (None, NaN).
        """
        array = as_array(x, name)
        missing = array != array
        if array.dtype.kind == "O":
            missing = missing | (array == None)  # noqa: E711 (elementwise)
        if np.any(missing):
            row = int(np.argwhere(np.asarray(missing))[0][0])
            raise ValueError(f"{name} must have a label for every sample. Received: none in sample {row}")
        return array.reshape(len(array), -1)

    def between(self, a: Array, b: Array) -> Floats:
        """Compare prepared samples."""
        return np.asarray((a[:, None] == b[None]).all(-1), np.float64)

    def gram(self, x: Any, name: str = "x") -> Gram:
        """Bind to samples; rows are compared once, and by number from then on."""
        codes = row_codes(self.prepare(x, name))
        return Gram(
            len(codes),
            lambda rows, columns: np.asarray(codes[rows][:, None] == codes[columns], np.float64),
            np.ones(len(codes)),
            self,
        )


def row_codes(rows: Array) -> Array:
    """Number the distinct rows, in the order in which they first appear: `(n,)`."""
    seen: dict[Any, int] = {}
    return np.array([seen.setdefault(tuple(row), len(seen)) for row in rows.tolist()], np.intp)
