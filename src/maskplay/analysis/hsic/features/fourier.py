"""Random Fourier features."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import as_numbers
from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels import Gaussian, Kernel, Laplace


@dataclass(frozen=True)
class RandomFourier:
    """Cosines and sines of random projections, whose scalar products approximate a Gaussian or Laplace kernel.

    Rahimi and Recht (2007). The error of an entry of the matrix shrinks as the square root of the number of features.

    Args:
        frequencies: `(columns, count)`, for samples in units of `unit`.
        centre: what samples are measured from: a number, or one for each column. It changes nothing but the digits.
        unit: the kernel's width.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((200, 3))
    >>> features = RandomFourier.draw(Gaussian(2.0), columns=3, count=2000)
    >>> float(np.abs(features(x) @ features(x).T - Gaussian(2.0)(x, x)).max()) < 0.1
    True
    """

    frequencies: Array
    centre: Any = 0.0
    unit: float = 1.0

    @classmethod
    def draw(
        cls, kernel: Kernel, columns: int, count: int = 256, seed: int = 0, centre: Any = 0.0
    ) -> "RandomFourier":
        """Draw frequencies for a kernel whose width is known.

        Raises:
            TypeError: if it is neither Gaussian nor Laplace.
            ValueError: if its width is still open.
        """
        if not isinstance(kernel, Gaussian | Laplace):
            raise TypeError(
                f"Random Fourier features need a Gaussian or Laplace kernel. Received: {kernel!r}"
            )
        if kernel.width is None:
            raise ValueError(
                f"The kernel's width must be known: fit it to some samples first. Received: {kernel!r}"
            )
        rng = np.random.default_rng(seed)
        shape = (columns, count)
        drawn = rng.standard_normal(shape) if isinstance(kernel, Gaussian) else rng.standard_cauchy(shape)
        return cls(drawn.astype(np.float32), centre, kernel.width * kernel.scale)

    @property
    def count(self) -> int:
        """Number of features: a cosine and a sine for each frequency."""
        return 2 * self.frequencies.shape[1]

    def __call__(self, x: Array) -> Floats:
        """Features `(n, 2 * count)` of samples `(n, …)`; in float32, which is far finer than their random error."""
        # Far from the centre float32 would not tell samples apart.
        phases = ((as_numbers(x) - self.centre) / self.unit).astype(np.float32) @ self.frequencies
        scale = np.float32(self.frequencies.shape[1] ** -0.5)
        result = np.empty((len(phases), self.count), np.float32)
        np.cos(phases, out=result[:, ::2])
        np.sin(phases, out=result[:, 1::2])
        result *= scale
        return result  # type: ignore[return-value]
