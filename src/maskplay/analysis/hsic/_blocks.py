"""Sums over centred kernel matrices, block by block."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from maskplay.analysis.hsic._samples import same_length
from maskplay.analysis.hsic._types import Floats, Index
from maskplay.analysis.hsic.kernels import Gram

MATRIX_LIMIT = 4096
"""Samples up to which kernel matrices are held whole (128 MiB each); beyond, no more than a block at a time."""

BLOCK = 1024
"""Rows and columns of a block: 8 MiB."""

Fetch = Callable[[int, Index, Index], Floats]


def upper_blocks(size: int) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of the blocks on and above the diagonal."""
    starts = range(0, size, BLOCK)
    for i in starts:
        for j in starts[i // BLOCK :]:
            yield slice(i, min(i + BLOCK, size)), slice(j, min(j + BLOCK, size))


def fetcher(grams: Sequence[Gram]) -> Fetch:
    """A function that gives blocks of each matrix: of held ones where they are small, else computed anew."""
    if grams[0].size > MATRIX_LIMIT:
        return lambda which, rows, columns: grams[which].block(rows, columns)
    held = [gram.full() for gram in grams]
    return lambda which, rows, columns: held[which][rows, columns]


def row_sums(fetch: Fetch, which: int, size: int) -> Floats:
    """Sums of all rows `(n,)`, the diagonal included."""
    sums = np.zeros(size)
    for rows, columns in upper_blocks(size):
        block = fetch(which, rows, columns)
        sums[rows] += block.sum(1)
        if rows != columns:
            sums[columns] += block.sum(0)
    return sums


class Centring:
    """What is taken from the rows and columns of a kernel matrix.

    Plain centring makes all row sums zero. U-centring (Székely and Rizzo) does so with the diagonal left out, and makes
    the inner product of two such matrices the unbiased estimate of Song and others: no bias, and no lost digits either,
    which the formula with three large terms has.
    """

    def __init__(self, sums: Floats, diagonal: Floats, unbiased: bool) -> None:
        n = len(sums)
        if unbiased:
            sums = sums - diagonal
            self.row, self.all = sums / (n - 2), float(sums.sum()) / ((n - 1) * (n - 2))
        else:
            self.row, self.all = sums / n, float(sums.mean()) / n

    def __call__(self, block: Floats, rows: slice, columns: slice) -> Floats:
        """A centred copy of a block."""
        centred = block - self.row[rows, None]
        centred -= self.row[columns]
        centred += self.all
        return centred


def centred_blocks(
    grams: Sequence[Gram], unbiased: bool = False
) -> Iterator[tuple[slice, slice, list[Floats]]]:
    """The centred blocks on and above the diagonal, of all matrices together; without diagonals if unbiased."""
    n = same_length(*(gram.size for gram in grams))
    fetch = fetcher(grams)
    centrings = [
        Centring(row_sums(fetch, which, n), gram.diagonal, unbiased) for which, gram in enumerate(grams)
    ]
    for rows, columns in upper_blocks(n):
        blocks = [centre(fetch(i, rows, columns), rows, columns) for i, centre in enumerate(centrings)]
        if unbiased and rows == columns:
            for block in blocks:
                np.fill_diagonal(block, 0.0)
        yield rows, columns, blocks


def centred_products(grams: Sequence[Gram], unbiased: bool = False) -> Floats:
    """Inner products `(g, g)` of every two of the centred matrices."""
    products = np.zeros((len(grams), len(grams)))
    for rows, columns, blocks in centred_blocks(grams, unbiased):
        flat = [block.ravel() for block in blocks]
        weight = 1.0 if rows == columns else 2.0
        for i, left in enumerate(flat):
            for j, right in enumerate(flat[i:], i):
                products[i, j] += weight * np.vdot(left, right)
    return products + np.triu(products, 1).T
