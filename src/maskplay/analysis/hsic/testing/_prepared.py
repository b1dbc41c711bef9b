"""Two variables made ready for any of the tests."""

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from maskplay.analysis.hsic._blocks import MATRIX_LIMIT, centred_blocks, centred_products
from maskplay.analysis.hsic._types import Floats, Ints
from maskplay.analysis.hsic.features.low_rank import LowRank, low_rank
from maskplay.analysis.hsic.kernels import Gram
from maskplay.analysis.hsic.testing._moments import (
    Invariants,
    gamma_tail,
    invariants,
    null_moments,
    null_skewness,
)
from maskplay.analysis.hsic.testing._reordered import (
    Statistics,
    centred_matrix,
    dense_statistics,
    half_thin_statistics,
    thin_pays,
    thin_statistics,
)

_TOLERANCE = 1e-12
_HALF_THIN = 24
"""Features up to which products with a whole matrix are cheaper than look-ups in it."""


@dataclass(frozen=True)
class Prepared:
    """Two kernels bound to samples, and their features where these are exact (or where matrices would be too large).

    Beyond `MATRIX_LIMIT` samples the features are taken even where 256 of them leave something out: the test is
    then one of the kernels that the features define, its level as exact as ever, and `residual` says how much that is.
    """

    x: Gram
    y: Gram

    @cached_property
    def features(self) -> tuple[LowRank, LowRank]:
        """Features of both, exact or not."""
        for gram in (self.x, self.y):
            if "features" not in gram.memory:
                gram.memory["features"] = low_rank(gram, _TOLERANCE, give_up=not self.large)
        return self.x.memory["features"], self.y.memory["features"]

    @property
    def large(self) -> bool:
        """Whether matrices are too large to be held."""
        return self.x.size > MATRIX_LIMIT

    def _thin(self, which: int) -> bool:
        return self.large or self.features[which].residual <= 10 * _TOLERANCE

    @cached_property
    def thin(self) -> bool:
        """Whether features stand for both matrices."""
        return self._thin(0) and self._thin(1) and (self.large or thin_pays(*self.features))

    @property
    def residual(self) -> float:
        """Share of the traces that is left out."""
        return max(one.residual for one in self.features) if self.thin else 0.0

    @cached_property
    def matrices(self) -> tuple[Floats, Floats]:
        """Both centred matrices."""
        return centred_matrix(self.x), centred_matrix(self.y)

    @cached_property
    def statistic(self) -> float:
        """The biased estimate."""
        n = self.x.size
        if self.thin:
            product = self.features[0].features.T @ self.features[1].features
            return float(np.vdot(product, product)) / n**2
        return max(float(centred_products([self.x, self.y])[0, 1]) / n**2, 0.0)

    @cached_property
    def invariants(self) -> tuple[Invariants, Invariants]:
        """Of both centred matrices."""
        one, other = self.features if self.thin else (self.x, self.y)
        return invariants(one), invariants(other)

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Exact mean and variance of the statistic over all orders."""
        return null_moments(*self.invariants)

    @cached_property
    def gamma_p_value(self) -> float:
        """By the gamma distribution with the exact mean and variance over all orders, and the limit's skewness."""
        k, m = self.invariants
        if not self.thin and not self.large:
            k, m = (
                replace(one, cube=float(np.vdot(matrix @ matrix, matrix)))
                for one, matrix in zip((k, m), self.matrices, strict=True)
            )
        return float(gamma_tail(self.statistic, *self.moments, null_skewness(k, m)))

    @cached_property
    def unbiased(self) -> Floats:
        """Unbiased estimates `(2, 2)` of both variables with each other and with themselves."""
        n = self.x.size
        if not self.thin:
            return centred_products([self.x, self.y], unbiased=True) / (n * (n - 3.0))
        result = np.empty((2, 2))
        for i, a in enumerate(self.features):
            for j, b in enumerate(self.features):
                # Of features that sum to zero, the rows without the diagonal sum to minus the diagonal.
                p, q = a.diagonal, b.diagonal
                product = a.features.T @ b.features
                value = float(np.vdot(product, product)) - n / (n - 2.0) * float(p @ q)
                value += float(p.sum()) * float(q.sum()) / ((n - 1.0) * (n - 2.0))
                result[i, j] = value / (n * (n - 3.0))
        return result

    @cached_property
    def rows(self) -> Floats:
        """Means of the rows of the product of the centred matrices, and of their squares `(3, n)`: xy, xx, yy."""
        n = self.x.size
        if self.thin:
            a, b = (one.features for one in self.features)
            pairs = ((a, b), (a, a), (b, b))
            return np.stack([np.einsum("ir,ir->i", one @ (one.T @ other), other) for one, other in pairs]) / n
        rows = np.zeros((3, n))
        for own, columns, (k, m) in centred_blocks([self.x, self.y]):
            for i, product in enumerate((k * m, k * k, m * m)):
                rows[i, own] += product.sum(1)
                if own != columns:
                    rows[i, columns] += product.sum(0)
        return rows / n

    def reordered(self) -> tuple[Statistics, Statistics | None]:
        """Functions from orders to statistics: a fast one, and an exact one where the fast one is float32."""
        if self.thin:
            a, b = self.features[0].features, self.features[1].features
            scale_a, scale_b = np.abs(a).max(initial=1e-300), np.abs(b).max(initial=1e-300)
            fast = thin_statistics((a / scale_a).astype(np.float32), (b / scale_b).astype(np.float32))
            return (lambda chunk: fast(chunk) * (scale_a * scale_b) ** 2), thin_statistics(a, b)
        k, m = self.matrices
        for which, matrix in ((1, k), (0, m)):
            if self._thin(which) and self.features[which].rank <= _HALF_THIN:
                half = half_thin_statistics(matrix, self.features[which].features)
                # The features may be those of x: reordering y is reordering x the other way round.
                return (half if which else partial(_inverse, half)), None
        return dense_statistics(k, m), None


def _inverse(statistics: Statistics, chunk: Ints) -> Floats:
    return statistics(chunk.argsort(axis=1))
