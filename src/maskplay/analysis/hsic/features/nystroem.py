"""Nyström features."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.hsic._types import Array, Floats
from maskplay.analysis.hsic.kernels import Kernel, KernelLike, as_kernel


@dataclass(frozen=True)
class Nystroem:
    """Similarities to some landmarks, whose scalar products approximate any kernel.

    Args:
        kernel: one whose widths are known.
        landmarks: prepared samples `(count, columns)`.
        root: inverse square root of their kernel matrix `(count, rank)`.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal(300)
    >>> features = Nystroem.fit(x, "gaussian", count=50)
    >>> features.residual(x) < 1e-3
    True
    """

    kernel: Kernel
    landmarks: Array
    root: Floats

    @classmethod
    def fit(cls, x: Any, kernel: KernelLike = None, count: int = 256, seed: int = 0) -> "Nystroem":
        """Take landmarks from samples `x` `(n, …)` at random, and the kernel's width from them all."""
        chosen = as_kernel(kernel, x)
        samples = chosen.prepare(x)
        fitted = chosen.fit(samples)
        picked = np.random.default_rng(seed).permutation(len(samples))[: min(count, len(samples))]
        landmarks = samples[picked]
        values, vectors = np.linalg.eigh(fitted.between(landmarks, landmarks))
        kept = values > max(float(values[-1]), 1e-300) * 1e-12
        return cls(fitted, landmarks, vectors[:, kept] / np.sqrt(values[kept]))

    @property
    def count(self) -> int:
        """Number of features."""
        return self.root.shape[1]

    def __call__(self, x: Any) -> Floats:
        """Features `(n, count)` of samples `(n, …)`."""
        features: Floats = self.kernel.between(self.kernel.prepare(x), self.landmarks) @ self.root
        return features

    def trace(self, x: Any) -> float:
        """Trace of the kernel matrix of `x` `(n, …)`, of which the features have no more than that."""
        return float(self.kernel.diagonal(self.kernel.prepare(x)).sum())

    def residual(self, x: Any) -> float:
        """Share of the trace of the kernel matrix of `x` that the features leave out: 0 is exact."""
        return max(1.0 - float(np.square(self(x)).sum()) / self.trace(x), 0.0)
