"""The limit of the statistic under independence: a weighted sum of chi-squares."""

import numpy as np

from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.testing._prepared import Prepared

_LARGEST = 24
"""Eigenvalues of each matrix that are drawn for; what the others weigh is added as a gamma variable."""
_PORTION = 2048


def spectral_tail(prepared: Prepared, draws: int, rng: np.random.Generator) -> float:
    """The p-value: n times the statistic is, in the limit, the sum of λ_a μ_b z²_ab / n², with z normal.

    Scaled so that its mean is the exact one over all orders, which is n/(n - 1) times as large.
    """
    n = prepared.x.size
    if prepared.thin:
        spectra = [one.eigenvalues for one in prepared.features]
    else:
        spectra = [np.maximum(np.linalg.eigvalsh(one)[::-1], 0.0) for one in prepared.matrices]
    totals = [float(values.sum()) for values in spectra]
    squares = [float(np.square(values).sum()) for values in spectra]
    weights = np.outer(spectra[0][:_LARGEST], spectra[1][:_LARGEST]).ravel()
    rest_mean = max(totals[0] * totals[1] - float(weights.sum()), 0.0)
    rest_variance = 2 * max(squares[0] * squares[1] - float(np.square(weights).sum()), 0.0)
    observed = prepared.statistic * n**2 * (n - 1) / n * n
    reached = 0
    for start in range(0, draws, _PORTION):
        size = min(_PORTION, draws - start)
        null = _sums(weights, rest_mean, rest_variance, size, rng)
        reached += int((null >= observed * (1 - 1e-9)).sum())
    return (1 + reached) / (1 + draws)


def _sums(weights: Floats, mean: float, variance: float, size: int, rng: np.random.Generator) -> Floats:
    total = np.square(rng.standard_normal((size, len(weights)))) @ weights
    if mean > 0 and variance > 0:
        total += rng.gamma(mean * mean / variance, variance / mean, size)
    return np.asarray(total + (mean if variance <= 0 else 0.0))
