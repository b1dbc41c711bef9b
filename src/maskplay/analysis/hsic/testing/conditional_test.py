"""Is what two variables share explained by a third?"""

from typing import Any

import numpy as np

from maskplay.analysis.hsic._blocks import MATRIX_LIMIT
from maskplay.analysis.hsic._samples import same_length
from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.kernels import Gram, KernelLike, gram
from maskplay.analysis.hsic.testing._moments import gamma_tail
from maskplay.analysis.hsic.testing._reordered import centred_matrix
from maskplay.analysis.hsic.testing.independence_test import p_from
from maskplay.analysis.hsic.testing.result import TestResult

_RIDGES = np.logspace(-5, 1, 25)
_WILD = ("wild", "gamma")


def conditional_test(
    x: Any,
    y: Any,
    given: Any,
    kernel: KernelLike = None,
    kernel_y: KernelLike = None,
    kernel_given: KernelLike = None,
    *,
    method: str = "gamma",
    permutations: int = 999,
    seed: int = 0,
) -> TestResult:
    """Test whether `x` and `y` are independent given a third variable (in the manner of KCI, Zhang and others 2011).

    Kernel ridge regression on `given` takes from the features of `x` and of `y` what it explains, with ridges chosen by
    generalised cross-validation; what is left of both is compared. Approximate: it is as good as the regressions are,
    as every test of conditional independence. O(n³), at most 4,096 samples.

    Args:
        x: Samples `(n, …)`.
        y: Samples `(n, …)`.
        given: Samples `(n, …)` of the condition.
        kernel: As in `hsic`.
        kernel_y: As in `hsic`.
        kernel_given: The same for `given`; None is what suits it.
        method: "gamma", or "wild": random signs.
        permutations: Draws of "wild".
        seed: Of these.

    Raises:
        ValueError: As in `hsic`, or an unknown method.
        MemoryError: More samples than matrices are held for.

    >>> import numpy as np
    >>> z, a, b = np.random.default_rng(0).standard_normal((3, 200))
    >>> conditional_test(z + a, z + b, given=z).p_value > 0.05
    True
    >>> conditional_test(z + a, z + a + b, given=z).p_value < 0.001
    True
    """
    if method not in _WILD:
        raise ValueError(f"method must be gamma or wild. Received: {method!r}")
    grams = [
        gram(x, kernel, "x"),
        gram(y, kernel if kernel_y is None else kernel_y, "y"),
        gram(given, kernel_given, "given"),
    ]
    n = same_length(*(one.size for one in grams))
    if n > MATRIX_LIMIT:
        raise MemoryError(
            f"Conditional tests hold matrices of at most {MATRIX_LIMIT:,} samples. Received: {n:,}"
        )
    left_x, left_y = _left_over(grams[0], grams[1], grams[2])
    terms = left_x * left_y
    statistic = float(terms.sum()) / n**2
    mean, variance = float(np.trace(terms)) / n**2, 2 * float(np.vdot(terms, terms)) / n**4
    if method == "gamma":
        p_value = float(gamma_tail(statistic, mean, variance))
    else:
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], (n, permutations))
        p_value = p_from(np.einsum("id,id->d", signs, terms @ signs) / n**2, statistic)
    return TestResult(
        statistic=statistic,
        p_value=p_value,
        method=f"conditional {method}",
        samples=n,
        permutations=permutations if method == "wild" else 0,
        null_mean=mean,
        null_deviation=variance**0.5,
        kernels=tuple(repr(one.kernel) for one in grams),
    )


def _left_over(x: Gram, y: Gram, given: Gram) -> tuple[Floats, Floats]:
    """What the condition does not explain of both: R K R with R = ridge (K_given + ridge)⁻¹."""
    condition = centred_matrix(given)
    values, vectors = np.linalg.eigh(condition)
    values = np.maximum(values, 0.0)
    # As in KCI, the features of x see a part of the condition too: else a dependence on it that only the pair of x and
    # the condition shows would be missed.
    raw_x = x.full()
    if np.ptp(raw_x) > 0:  # what never varies has nothing to say of the condition either
        raw_x = raw_x * np.sqrt(np.abs(given.full()))
    results = []
    for matrix in (_centred(raw_x), centred_matrix(y)):
        rotated = vectors.T @ matrix @ vectors
        shrink = _shrinkage(values, np.diagonal(rotated))
        results.append(vectors @ (shrink[:, None] * rotated * shrink) @ vectors.T)
    return results[0], results[1]


def _shrinkage(values: Floats, weights: Floats) -> Floats:
    """ridge / (eigenvalue + ridge), with the ridge of the least generalised cross-validation error."""
    n = len(values)
    if values.max() <= 1e-12 * n:
        return np.ones(n)
    best, chosen = np.inf, np.ones(n)
    for ridge in _RIDGES * values.max() / n**0.5:
        shrink = ridge / (values + ridge)
        # A mean was taken too: one degree of freedom.
        free = float(shrink.sum()) - 1
        error = float((shrink**2 * np.maximum(weights, 0)).sum()) / max(free, 1e-9) ** 2
        if error < best:
            best, chosen = error, shrink
    return chosen


def _centred(matrix: Floats) -> Floats:
    means = matrix.mean(1)
    return matrix - means[:, None] - means + means.mean()
