"""What is dependent: the functions and the points that carry it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.features.low_rank import MAX_RANK, low_rank
from maskplay.analysis.hsic.kernels import KernelLike
from maskplay.analysis.hsic.statistic import both


@dataclass(frozen=True)
class Witness:
    """What carries a dependence.

    Attributes:
        share: of HSIC, for each of the leading pairs of functions, largest first `(pairs,)`.
        correlation: of the two functions' values, for each pair `(pairs,)`.
        functions_x: values at the samples, with unit variance `(n, pairs)`.
        functions_y: the same for `y`.
        points: what each sample contributes to the biased statistic; their sum is it `(n,)`.
        statistic: the biased estimate.
    """

    share: Floats
    correlation: Floats
    functions_x: Floats
    functions_y: Floats
    points: Floats
    statistic: float


def witness(
    x: Any, y: Any, kernel: KernelLike = None, kernel_y: KernelLike = None, *, pairs: int = 3
) -> Witness:
    """Find what two variables share.

    HSIC is the sum of squared covariances of all pairs of functions (Scientific Spaces 6910 derives it so); turned to
    their principal axes, a few pairs carry most of it. Drawn over the samples, they show *how* the variables depend.

    Args:
        x: Samples `(n, …)`.
        y: Samples `(n, …)`.
        kernel: As in `hsic`.
        kernel_y: As in `hsic`.
        pairs: How many to give, at most.

    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 200)
    >>> found = witness(x, x**2)
    >>> bool(abs(np.corrcoef(found.functions_x[:, 0], x**2)[0, 1]) > 0.95)
    True
    """
    grams = both(x, y, kernel, kernel_y)
    a, b = (low_rank(one, 1e-10, MAX_RANK).features for one in grams)
    n = len(a)
    cross = a.T @ b / n
    left, values, right = np.linalg.svd(cross, full_matrices=False)
    total = float(np.square(values).sum())
    kept = min(pairs, int((values > 1e-12 * max(values.max(initial=0.0), 1e-300)).sum()))
    f, g = _unit(a @ left[:, :kept]), _unit(b @ right[:kept].T)
    points = np.einsum("ir,rs,is->i", a, cross, b) / n
    return Witness(
        share=np.square(values[:kept]) / max(total, 1e-300),
        correlation=np.einsum("ik,ik->k", f, g) / n,
        functions_x=f,
        functions_y=g,
        points=points,
        statistic=total,
    )


def _unit(values: Floats) -> Floats:
    spread = values.std(0)
    return np.asarray(values / np.where(spread > 0, spread, 1.0))
