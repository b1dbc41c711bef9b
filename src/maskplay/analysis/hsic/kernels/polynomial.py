"""The polynomial kernel."""

from dataclasses import dataclass

import numpy as np

from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels.kernel import Kernel


@dataclass(frozen=True)
class Polynomial(Kernel):
    """(a·b + offset) ** degree.

    Args:
        degree: 1 or more.
        offset: 0 or more.

    Raises:
        ValueError: One of them is less, and the kernel would not be positive definite.

    >>> Polynomial(degree=2, offset=1.0)([1.0, 2.0], [3.0, 5.0]).tolist()
    [[16.0, 36.0], [49.0, 121.0]]
    """

    degree: int = 2
    offset: float = 1.0

    def __post_init__(self) -> None:
        if self.degree != int(self.degree) or self.degree < 1:
            raise ValueError(f"degree must be a positive integer. Received: {self.degree!r}")
        if not (np.isfinite(self.offset) and self.offset >= 0):
            raise ValueError(f"offset must be 0 or more. Received: {self.offset!r}")

    def between(self, a: Array, b: Array) -> Floats:
        """Compare prepared samples."""
        product: Floats = a @ b.T
        product += self.offset
        return product**self.degree

    def diagonal(self, x: Array) -> Floats:
        """Each sample with itself."""
        squares: Floats = (np.einsum("ij,ij->i", x, x) + self.offset) ** self.degree
        return squares
