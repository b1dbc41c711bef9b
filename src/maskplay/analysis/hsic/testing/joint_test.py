"""Are several variables independent of each other, all together?"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from maskplay.analysis.hsic._blocks import MATRIX_LIMIT
from maskplay.analysis.hsic._types import Floats, Ints
from maskplay.analysis.hsic.joint import combine, joint_grams
from maskplay.analysis.hsic.kernels import KernelLike
from maskplay.analysis.hsic.testing._permutations import free_orders
from maskplay.analysis.hsic.testing.independence_test import p_from
from maskplay.analysis.hsic.testing.result import TestResult


def joint_test(
    variables: Sequence[Any],
    kernels: Sequence[KernelLike] | KernelLike = None,
    *,
    permutations: int = 499,
    seed: int = 0,
) -> TestResult:
    """Test whether several variables are independent of each other, by exact permutations.

    Each variable but the first is reordered on its own, and as a whole: the columns of one variable stay together, for
    they may depend on each other without the variables doing so.

    Args:
        variables: Two or more, each of samples `(n, …)`; at most 4,096 samples.
        kernels: One for each, or one for all.
        permutations: Random orders.
        seed: Of the random orders.

    Raises:
        ValueError: As in `joint_hsic`.
        MemoryError: More samples than matrices are held for.

    >>> import numpy as np
    >>> coins = np.random.default_rng(0).integers(0, 2, (2, 100)).astype(bool)
    >>> joint_test([*coins, coins[0] ^ coins[1]], permutations=99).p_value
    0.01
    """
    if permutations < 1:
        raise ValueError(f"permutations must be 1 or more. Received: {permutations}")
    grams = joint_grams(variables, kernels)
    n = grams[0].size
    if n > MATRIX_LIMIT:
        raise MemoryError(f"Joint tests hold matrices of at most {MATRIX_LIMIT:,} samples. Received: {n:,}")
    matrices = [gram.full() for gram in grams]
    means = np.stack([matrix.mean(1) for matrix in matrices])
    observed = _statistic(matrices, means)
    rng = np.random.default_rng(seed)
    null = np.array(
        [_reordered(matrices, means, free_orders(n, len(matrices) - 1, rng)) for _ in range(permutations)]
    )
    return TestResult(
        statistic=observed,
        p_value=p_from(null, observed),
        method="joint permutation",
        samples=n,
        permutations=permutations,
        null_mean=float(null.mean()),
        null_deviation=float(null.std()),
        kernels=tuple(repr(gram.kernel) for gram in grams),
    )


def _statistic(matrices: Sequence[Floats], means: Floats) -> float:
    first, second, *others = matrices
    together = np.vdot(reduce(np.multiply, others, first), second)
    return combine(float(together), means)


def _reordered(matrices: Sequence[Floats], means: Floats, order: Ints) -> float:
    moved = [m.take(one, axis=0).take(one, axis=1) for m, one in zip(matrices[1:], order, strict=True)]
    rows = np.stack([means[0], *(mean[one] for mean, one in zip(means[1:], order, strict=True))])
    return _statistic([matrices[0], *moved], rows)
