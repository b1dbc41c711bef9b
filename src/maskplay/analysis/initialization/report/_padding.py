"""Padding left out."""

import numpy as np

from maskplay.analysis.initialization._types import Array


def rows_kept(x: Array, mask: Array | None) -> Array:
    """The rows that a mask over the first axes keeps; all where it does not fit or keeps nothing."""
    return x if mask is None or not _fits(x, mask) else x[mask]


def places_kept(x: Array, mask: Array | None) -> Array:
    """The mask, where it fits; without one each sample is kept as a whole, `(samples, 1)`."""
    return np.ones((len(x), 1), bool) if mask is None or not _fits(x, mask[: len(x)]) else mask[: len(x)]


def _fits(x: Array, mask: Array) -> bool:
    return x.shape[: mask.ndim] == mask.shape and x.ndim > mask.ndim and bool(mask.any())
