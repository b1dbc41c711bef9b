"""Kernel matrices as products of thin ones, as exactly as asked."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.kernels import Gram

MAX_RANK = 256
"""Columns of features at most, where nothing else is said."""


@dataclass(frozen=True)
class LowRank:
    """Centred features: their scalar products are the centred kernel matrix, but for what is left.

    Attributes:
        features: `(n, rank)`; every column sums to zero, columns are orthogonal, the longest first.
        residual: trace of what they leave out, over the trace of the centred matrix; a bound of the relative error.
    """

    features: Floats
    residual: float

    @property
    def size(self) -> int:
        """Number of samples."""
        return len(self.features)

    @property
    def rank(self) -> int:
        """Number of features."""
        return self.features.shape[1]

    @cached_property
    def eigenvalues(self) -> Floats:
        """Of the centred matrix, largest first: `(rank,)`."""
        return np.einsum("ij,ij->j", self.features, self.features)

    @cached_property
    def diagonal(self) -> Floats:
        """Of the centred matrix: `(n,)`."""
        return np.einsum("ij,ij->i", self.features, self.features)


def low_rank(
    gram: Gram, tolerance: float = 1e-12, max_rank: int = MAX_RANK, *, give_up: bool = False
) -> LowRank:
    """Factor a kernel matrix by pivoted Cholesky, looking at no more than `max_rank` of its columns.

    Each step takes the sample that the features explain worst. It costs O(n rank²) time and O(n rank) memory. Smooth
    kernels on few columns need few features (a Gaussian on one column about 20), categories as many as there are.

    Args:
        gram: A kernel bound to samples.
        tolerance: When the trace of what is left is that share of the centred matrix's trace, it is enough.
        max_rank: And no more features than that.
        give_up: Stop early where what is left shrinks too slowly to become small enough within `max_rank`.

    >>> import numpy as np
    >>> from maskplay.analysis.hsic.kernels import Gaussian
    >>> found = low_rank(Gaussian().gram(np.random.default_rng(0).standard_normal(500)))
    >>> found.rank < 35, found.residual < 1e-12
    (True, True)
    """
    n = gram.size
    left = gram.diagonal.copy()
    rows = np.empty((min(max_rank, n, 32), n))
    total = float(left.sum())
    # The trace of the centred matrix is not known yet; a hundredth of the plain one stands for it until the end.
    enough, rank = max(tolerance * 1e-2, 1e-15) * total, 0
    most, before = min(max_rank, n), total
    while rank < most and float(left.sum()) > enough:
        if give_up and rank >= 32 and rank & (rank - 1) == 0:
            now = float(left.sum())
            if now * (now / before) ** (2 * (most - rank) / rank) > 100 * enough:
                break
        if rank and rank & (rank - 1) == 0:
            before = float(left.sum())
        if rank == len(rows):
            rows = np.concatenate([rows, np.empty((min(rank, most - rank), n))])
        pivot = int(left.argmax())
        column = gram.block(slice(None), np.array([pivot]))[:, 0]
        column = column - rows[:rank, pivot] @ rows[:rank]
        column /= np.sqrt(left[pivot])
        rows[rank] = column
        rank += 1
        left -= column * column
        np.maximum(left, 0.0, out=left)
        left[pivot] = 0.0
    return _compressed(rows[:rank], float(left.sum()), tolerance)


def _compressed(rows: Floats, left: float, tolerance: float) -> LowRank:
    """Centre, make orthogonal, and drop the features that weigh nothing."""
    rows = rows - rows.mean(1, keepdims=True)
    values, vectors = np.linalg.eigh(rows @ rows.T)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    trace = float(values.sum()) + left
    if trace <= 0:
        return LowRank(np.zeros((rows.shape[1], 0)), 0.0)
    tail = np.cumsum(values[::-1])[::-1] + left
    kept = int((tail > max(tolerance, 1e-15) * trace).sum())
    # What is dropped counts as left out.
    left += float(values[kept:].sum())
    return LowRank(np.ascontiguousarray(rows.T @ vectors[:, :kept]), left / trace)
