"""Distances between samples, computed so that no digits are lost."""

import numpy as np

from maskplay.analysis.hsic._types import Floats

_DIRECT_COLUMNS = 4
_TRUSTED = 1e-3  # of the largest squared norm: the product form below keeps 12 digits of what is larger


def squared_distances(a: Floats, b: Floats) -> Floats:
    """Squared Euclidean distances `(n, m)` of `a` `(n, columns)` and `b` `(m, columns)`.

    |a|² + |b|² - 2ab is one matrix product, but loses digits where samples are much closer to each other than to the
    origin; these entries are computed anew, from differences.
    """
    if a.shape[1] <= _DIRECT_COLUMNS or min(len(a), len(b)) == 1:
        return _direct(a, b)
    squares_a, squares_b = np.einsum("ij,ij->i", a, a), np.einsum("ij,ij->i", b, b)
    squared = a @ b.T
    squared *= -2
    squared += squares_a[:, None]
    squared += squares_b
    largest = max(squares_a.max(initial=0.0), squares_b.max(initial=0.0))
    rows, columns = np.nonzero(squared < _TRUSTED * largest)
    for start in range(0, len(rows), 1 << 14):
        part = slice(start, start + (1 << 14))
        difference = a[rows[part]] - b[columns[part]]
        squared[rows[part], columns[part]] = np.einsum("ij,ij->i", difference, difference)
    return squared


def _direct(a: Floats, b: Floats) -> Floats:
    total = np.subtract.outer(a[:, 0], b[:, 0])
    np.square(total, out=total)
    for column in range(1, a.shape[1]):
        total += np.square(np.subtract.outer(a[:, column], b[:, column]))
    return total


def absolute_distances(a: Floats, b: Floats) -> Floats:
    """Sums of absolute differences `(n, m)` of `a` `(n, columns)` and `b` `(m, columns)`."""
    total = np.abs(np.subtract.outer(a[:, 0], b[:, 0]))
    for column in range(1, a.shape[1]):
        total += np.abs(np.subtract.outer(a[:, column], b[:, column]))
    return total
