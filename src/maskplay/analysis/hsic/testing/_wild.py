"""The wild bootstrap, for samples that depend on their neighbours in time (Chwialkowski and others, 2014)."""

import numpy as np

from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.testing._prepared import Prepared

_PORTION = 128


def wild_draws(prepared: Prepared, draws: int, rng: np.random.Generator, lag: float | None) -> Floats:
    """Draws of the biased statistic under independence: its terms, multiplied by a random series of that memory.

    The multipliers are an autoregressive series with covariance exp(-distance / lag), centred.

    Raises:
        ValueError: if the lag is not positive.
    """
    n = prepared.x.size
    memory = n ** (1 / 3) if lag is None else lag
    if not memory > 0:
        raise ValueError(f"lag must be positive. Received: {lag!r}")
    terms = None if prepared.thin else prepared.matrices[0] * prepared.matrices[1]
    results = []
    for start in range(0, draws, _PORTION):
        multipliers = _series(n, min(_PORTION, draws - start), float(np.exp(-1 / memory)), rng)
        if terms is None:
            results.append(_thin(prepared, multipliers))
        else:
            results.append(np.einsum("id,id->d", multipliers, terms @ multipliers))
    return np.concatenate(results) / n**2


def _thin(prepared: Prepared, multipliers: Floats) -> Floats:
    """wᵀ (K ∘ L) w = |Aᵀ diag(w) B|²."""
    a, b = prepared.features[0].features, prepared.features[1].features
    products = (a.T @ (b * one[:, None]) for one in multipliers.T)
    return np.array([np.vdot(product, product) for product in products])


def _series(n: int, count: int, decay: float, rng: np.random.Generator) -> Floats:
    shocks = rng.standard_normal((n, count))
    shocks[1:] *= (1 - decay**2) ** 0.5
    for i in range(1, n):
        shocks[i] += decay * shocks[i - 1]
    return shocks - shocks.mean(0)
