"""What a kernel is, and how kernels are added and multiplied."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import as_numbers, same_length
from maskplay.analysis.hsic._types import Array, Floats, Index


@dataclass(frozen=True)
class Gram:
    """The matrix of a kernel on n samples, never formed whole: any block of it, and its diagonal.

    Attributes:
        size: n.
        block: gives `(rows, columns)` for two slices or index arrays.
        diagonal: `(n,)`.
        kernel: what made it, with its widths.
        memory: what was computed from it and may be wanted again.
    """

    size: int
    block: Callable[[Index, Index], Floats]
    diagonal: Floats
    kernel: Kernel
    memory: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.size < 2:
            raise ValueError(f"Dependence needs at least two samples. Received: {self.size}")

    def full(self) -> Floats:
        """The whole matrix `(n, n)`."""
        return self.block(slice(None), slice(None))


class Kernel(ABC):
    """A positive definite similarity of two samples.

    Kernels are values: `fit` gives a new one, whose open widths are chosen from data. `a + b` and `a * b` are kernels
    again. A subclass says how to compare prepared samples (`between`); one that needs no numbers also how samples are
    prepared.
    """

    @abstractmethod
    def between(self, a: Array, b: Array) -> Floats:
        """Compare prepared samples `(n, columns)` and `(m, columns)`: `(n, m)`."""

    def prepare(self, x: Any, name: str = "x") -> Array:
        """Bring samples into the form that `between` compares; here float64 `(n, columns)`."""
        return as_numbers(x, name)

    def fit(self, x: Any) -> Kernel:
        """Choose what is still open (a width) from the samples `x`."""
        return self

    def diagonal(self, x: Array) -> Floats:
        """Compare each prepared sample with itself: `(n,)`."""
        return np.ones(len(x))

    def __call__(self, a: Any, b: Any) -> Floats:
        """Compare samples `a` `(n, …)` and `b` `(m, …)`: `(n, m)`."""
        return self.between(self.prepare(a, "a"), self.prepare(b, "b"))

    def gram(self, x: Any, name: str = "x") -> Gram:
        """Fit to the samples `x` `(n, …)` and bind to them."""
        samples = self.centre(self.prepare(x, name))
        kernel = self.fit(samples)
        return Gram(
            len(samples),
            lambda rows, columns: kernel.between(samples[rows], samples[columns]),
            kernel.diagonal(samples),
            kernel,
        )

    def centre(self, x: Array) -> Array:
        """Move prepared samples to where the kernel is computed best; it must not change the kernel."""
        return x

    def __add__(self, other: Kernel) -> Kernel:
        return _Both(self, other, "+", np.add)

    def __mul__(self, other: Kernel) -> Kernel:
        return _Both(self, other, "*", np.multiply)


@dataclass(frozen=True)
class _Both(Kernel):
    """The sum or product of two kernels on the same samples."""

    left: Kernel
    right: Kernel
    sign: str
    combine: Callable[..., Any]

    def prepare(self, x: Any, name: str = "x") -> Array:
        return np.asarray(x)

    def fit(self, x: Any) -> Kernel:
        left, right = (part.fit(part.prepare(x)) for part in (self.left, self.right))
        return _Both(left, right, self.sign, self.combine)

    def between(self, a: Array, b: Array) -> Floats:
        result: Floats = self.combine(self.left(a, b), self.right(a, b))
        return result

    def diagonal(self, x: Array) -> Floats:
        parts = (part.diagonal(part.prepare(x)) for part in (self.left, self.right))
        result: Floats = self.combine(*parts)
        return result

    def gram(self, x: Any, name: str = "x") -> Gram:
        left, right = self.left.gram(x, name), self.right.gram(x, name)
        return Gram(
            same_length(left.size, right.size),
            lambda rows, columns: self.combine(left.block(rows, columns), right.block(rows, columns)),
            self.combine(left.diagonal, right.diagonal),
            _Both(left.kernel, right.kernel, self.sign, self.combine),
        )

    def __repr__(self) -> str:
        return f"({self.left!r} {self.sign} {self.right!r})"
