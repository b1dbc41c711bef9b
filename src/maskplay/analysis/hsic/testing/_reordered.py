"""The statistic for many orders of one variable: centred once, as few and as thin matrix products as possible.

With features A `(n, r)` and B `(n, s)` of the two centred matrices, the statistic for an order is |Aᵀ B[order]|² / n²:
2nrs operations instead of n² look-ups, and the thinner one is what is reordered. Where only one matrix is thin, it is
the quadratic form of its reordered features with the other, and where none is, look-ups are what is left.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from maskplay.analysis.hsic._blocks import MATRIX_LIMIT, Centring, fetcher, row_sums
from maskplay.analysis.hsic._cores import cores
from maskplay.analysis.hsic._types import Floats, Ints
from maskplay.analysis.hsic.features.low_rank import LowRank
from maskplay.analysis.hsic.kernels import Gram
from maskplay.analysis.hsic.testing._permutations import Chunk

Statistics = Callable[[Ints], Floats]
_LOOK_UP = 60
"""Floating-point operations in the time of one look-up in a matrix, about."""

_MANY = 8
"""Chunks for which threads are worth their start."""

_SMALL_PRODUCT = 200_000
"""Multiplications up to which OpenBLAS keeps a product on one core; the cores are busy with other orders."""


def over_chunks(chunks: Sequence[Chunk], statistics: Statistics) -> Floats:
    """Make all orders and apply to them, on all cores: NumPy lets go of the interpreter in what takes time here."""
    if cores() == 1 or len(chunks) < _MANY:
        return np.concatenate([statistics(chunk()) for chunk in chunks])
    with ThreadPoolExecutor(cores()) as pool:
        return np.concatenate(list(pool.map(lambda chunk: statistics(chunk()), chunks)))


def thin_statistics(a: Floats, b: Floats) -> Statistics:
    """For features `(n, r)` and `(n, s)`, both in the precision in which the products are wanted."""
    n = len(a)
    if a.shape[1] < b.shape[1]:  # an order of one side is the inverse order of the other
        a, b, inverse = b, a, True
    else:
        inverse = False
    fixed, moved = np.ascontiguousarray(a.T), np.ascontiguousarray(b)
    length = max(_SMALL_PRODUCT // max(a.shape[1] * b.shape[1], 1), 64)
    parts = [slice(start, start + length) for start in range(0, n, length)]

    def statistics(chunk: Ints) -> Floats:
        if inverse:
            chunk = chunk.argsort(axis=1)
        products = sum(np.matmul(fixed[:, part], moved.take(chunk[:, part], axis=0)) for part in parts)
        return np.einsum("ors,ors->o", products, products).astype(np.float64) / n**2

    return statistics


def half_thin_statistics(matrix: Floats, b: Floats) -> Statistics:
    """For a centred matrix `(n, n)` and features `(n, s)` of the other, which is reordered."""
    n = len(matrix)

    width = b.shape[1]

    def statistics(chunk: Ints) -> Floats:
        # One product for the whole chunk, which the matrix products' own library spreads over the cores.
        moved = b.take(chunk.T, axis=0).reshape(n, -1)
        forms = np.einsum("ij,ij->j", moved, matrix @ moved)
        return forms.reshape(-1, width).sum(1) / n**2

    return statistics


def dense_statistics(k: Floats, m: Floats) -> Statistics:
    """For two centred matrices `(n, n)`, of which the second is reordered."""
    n = len(k)
    upper = np.triu_indices(n, 1)
    flat, diagonal_k, diagonal_m = 2 * k[upper], np.diagonal(k).copy(), np.diagonal(m).copy()

    def statistics(chunk: Ints) -> Floats:
        values = []
        for order in chunk:
            rows = m.take(order, axis=0)
            off = np.vdot(flat, rows[upper[0], order[upper[1]]])
            values.append(off + diagonal_k @ diagonal_m[order])
        return np.array(values) / n**2

    return statistics


def centred_matrix(gram: Gram) -> Floats:
    """The centred kernel matrix, whole.

    Raises:
        MemoryError: if there are more samples than whole matrices are made for.
    """
    if gram.size > MATRIX_LIMIT:
        raise MemoryError(
            f"{gram.size:,} samples are more than matrices are held for ({MATRIX_LIMIT:,}). "
            "Use features: max_rank=…, or method='gamma'."
        )
    fetch = fetcher([gram])
    everything = slice(0, gram.size)
    return Centring(row_sums(fetch, 0, gram.size), gram.diagonal, unbiased=False)(
        fetch(0, everything, everything), everything, everything
    )


def thin_pays(k: LowRank, m: LowRank) -> bool:
    """Whether the product of features is cheaper than look-ups."""
    return 2 * k.rank * m.rank < _LOOK_UP * k.size
