"""HSIC of more than two variables."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from maskplay.analysis.hsic._blocks import fetcher, row_sums, upper_blocks
from maskplay.analysis.hsic._samples import same_length
from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.kernels import Gram, KernelLike, gram


def joint_hsic(variables: Sequence[Any], kernels: Sequence[KernelLike] | KernelLike = None) -> float:
    """Joint dependence of several variables (dHSIC of Pfister and others): 0 in the limit if all are independent.

    Three variables may be independent in pairs and yet not together. With two variables it is the biased `hsic`.

    Args:
        variables: Two or more, each of samples `(n, …)`.
        kernels: One for each, or one for all.

    Raises:
        ValueError: Fewer than two variables, or as in `hsic`.

    >>> import numpy as np
    >>> coins = np.random.default_rng(0).integers(0, 2, (2, 400)).astype(bool)
    >>> x, y, z = *coins, coins[0] ^ coins[1]
    >>> round(joint_hsic([x, y]), 3), round(joint_hsic([x, y, z]), 3)
    (0.0, 0.127)
    """
    grams = joint_grams(variables, kernels)
    n = grams[0].size
    fetch = fetcher(grams)
    means = np.stack([row_sums(fetch, i, n) / n for i in range(len(grams))])
    together = 0.0
    for rows, columns in upper_blocks(n):
        block = reduce(np.multiply, (fetch(i, rows, columns) for i in range(len(grams))))
        together += float(block.sum()) * (1 if rows == columns else 2)
    return combine(together, means)


def joint_grams(variables: Sequence[Any], kernels: Sequence[KernelLike] | KernelLike) -> list[Gram]:
    """Bind a kernel to each variable.

    Raises:
        ValueError: if there are fewer than two, not as many kernels, or not as many samples in each.
    """
    chosen: list[Any] = list(kernels) if isinstance(kernels, list | tuple) else [kernels] * len(variables)
    if len(variables) < 2 or len(chosen) != len(variables):
        raise ValueError(
            f"There must be two variables or more, and a kernel for each. "
            f"Received: {len(variables)} variables, {len(chosen)} kernels"
        )
    grams = [
        gram(one, kernel, f"variables[{i}]")
        for i, (one, kernel) in enumerate(zip(variables, chosen, strict=True))
    ]
    same_length(*(one.size for one in grams))
    return grams


def combine(together: float, means: Floats) -> float:
    """The statistic, of the sum of the product of all matrices and the means of each matrix's rows `(d, n)`."""
    n = means.shape[1]
    apart = float(np.prod(means.mean(1)))
    mixed = float(np.prod(means, axis=0).mean())
    return together / n**2 + apart - 2 * mixed
