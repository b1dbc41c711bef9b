"""The linear kernel."""

from dataclasses import dataclass

import numpy as np

from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels.kernel import Kernel


@dataclass(frozen=True)
class Linear(Kernel):
    """The scalar product. HSIC with it sees covariances alone; CKA of two columns is their squared correlation.

    >>> Linear()([1.0, 2.0], [3.0, 5.0]).tolist()
    [[3.0, 5.0], [6.0, 10.0]]
    """

    def centre(self, x: Array) -> Array:
        """Move the samples' mean to the origin: centred Gram matrices stay the same, and keep their digits."""
        return x - x.mean(0)

    def between(self, a: Array, b: Array) -> Floats:
        """Compare prepared samples."""
        product: Floats = a @ b.T
        return product

    def diagonal(self, x: Array) -> Floats:
        """Squared lengths."""
        return np.einsum("ij,ij->i", x, x)
