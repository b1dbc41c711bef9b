"""Is it chance? Tests of independence."""

from typing import Any, Literal

import numpy as np

from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.kernels import KernelLike
from maskplay.analysis.hsic.statistic import both
from maskplay.analysis.hsic.testing._permutations import orders
from maskplay.analysis.hsic.testing._prepared import Prepared
from maskplay.analysis.hsic.testing._reordered import over_chunks
from maskplay.analysis.hsic.testing._spectral import spectral_tail
from maskplay.analysis.hsic.testing._wild import wild_draws
from maskplay.analysis.hsic.testing.result import TestResult

Method = Literal["permutation", "gamma", "spectral", "wild"]
METHODS = ("permutation", "gamma", "spectral", "wild")
_DOUBT = 1e-4
"""float32 statistics that close to the observed one, relatively, are computed again in float64."""
_EQUAL = 1e-9
"""Statistics that close count as equal to the observed one, and so against dependence."""


def independence_test(
    x: Any,
    y: Any,
    kernel: KernelLike = None,
    kernel_y: KernelLike = None,
    *,
    method: Method = "permutation",
    permutations: int = 999,
    groups: Any = None,
    block: int | None = None,
    lag: float | None = None,
    seed: int = 0,
) -> TestResult:
    """Test whether `x` and `y` are independent.

    - "permutation": exact at any number of samples, for any kernels: the p-value is (1 + orders as dependent) over
      (1 + orders).
    - "gamma": no randomness; a gamma distribution with the *exact* mean and variance over all n! orders.
    - "spectral": the weighted sum of chi-squares that is the limit for many samples.
    - "wild": the wild bootstrap, for time series, whose samples depend on their neighbours (approximate).

    Args:
        x: Samples `(n, …)`.
        y: Samples `(n, …)`.
        kernel: As in `hsic`.
        kernel_y: As in `hsic`.
        method: One of the above.
        permutations: Random orders ("permutation") or draws ("spectral" takes ten times as many, "wild").
        groups: Labels `(n,)`, with "permutation": orders within groups only; tests independence given the group.
        block: With "permutation": so many neighbours in a series stay together.
        lag: With "wild": over how many samples the series remembers; None is the cube root of n.
        seed: Of the random orders; the same seed gives the same result.

    Returns:
        The result. Matrices are held up to 4,096 samples; beyond, low-rank features stand for them (the permutation
        test keeps its level, and `residual` says what they leave out).

    Raises:
        ValueError: As in `hsic`, or an unknown method, or fewer than one permutation.

    >>> import numpy as np
    >>> x, noise = np.random.default_rng(0).standard_normal((2, 200))
    >>> independence_test(x, x**2 + noise).p_value
    0.001
    >>> independence_test(x, noise, method="gamma").p_value > 0.05
    True
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}. Received: {method!r}")
    if permutations < 1:
        raise ValueError(f"permutations must be 1 or more. Received: {permutations}")
    if method != "permutation" and (groups is not None or block is not None):
        raise ValueError(f'groups and block need method="permutation". Received: method={method!r}')
    prepared = Prepared(*both(x, y, kernel, kernel_y))
    rng = np.random.default_rng(seed)
    mean, variance = prepared.moments
    draws = 0
    if method == "gamma":
        p_value = prepared.gamma_p_value
    elif method == "permutation":
        draws = permutations
        p_value = permutation_p_value(prepared, permutations, rng, groups, block)
    elif method == "spectral":
        draws = 10 * permutations
        p_value = spectral_tail(prepared, draws, rng)
    else:
        draws = permutations
        null = wild_draws(prepared, permutations, rng, lag)
        mean, variance = float(null.mean()), float(null.var())
        p_value = p_from(null, prepared.statistic)
    return TestResult(
        statistic=prepared.statistic,
        p_value=p_value,
        method=method,
        samples=prepared.x.size,
        permutations=draws,
        null_mean=mean,
        null_deviation=variance**0.5,
        kernels=(repr(prepared.x.kernel), repr(prepared.y.kernel)),
        residual=prepared.residual,
    )


def permutation_p_value(
    prepared: Prepared, permutations: int, rng: np.random.Generator, groups: Any, block: int | None
) -> float:
    """Compare with random orders; where float32 leaves a doubt, in float64."""
    n, observed = prepared.x.size, prepared.statistic
    fast, exact = prepared.reordered()
    if exact is None:
        return p_from(over_chunks(orders(n, permutations, rng, groups, block), fast), observed)
    doubt = _DOUBT * max(observed, prepared.moments[0])

    def settled(chunk: Any) -> Floats:
        values = fast(chunk)
        doubtful = np.abs(values - observed) <= doubt
        if doubtful.any():
            values[doubtful] = exact(chunk[doubtful])
        return values

    return p_from(over_chunks(orders(n, permutations, rng, groups, block), settled), observed)


def p_from(null: Floats, observed: float) -> float:
    """(1 + draws that reach the observed statistic) / (1 + draws)."""
    reach = null >= observed - _EQUAL * max(abs(observed), float(np.abs(null).max(initial=0.0)))
    return (1 + int(reach.sum())) / (1 + len(null))
