"""Can the test be trusted on these data?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import as_array, same_length
from maskplay.analysis.hsic.kernels import KernelLike
from maskplay.analysis.hsic.testing.independence_test import Method, independence_test

_Z99 = 2.576


@dataclass(frozen=True)
class SelfAudit:
    """What a test does on the user's own data, with the dependence shuffled away.

    Attributes:
        level: the level that was asked for.
        realised: the share of shuffled data sets that were called dependent.
        low: the lower end of the realised level's 99 % interval.
        high: the upper end.
        runs: how many shuffled data sets.
        scale_changes: the largest change of the p-value when `x` or `y` is multiplied by 1,000 or by 1/1,000, or moved;
            NaN for labels.
    """

    level: float
    realised: float
    low: float
    high: float
    runs: int
    scale_changes: float

    @property
    def passed(self) -> bool:
        """Whether the interval of the realised level reaches down to the level, and scales change next to nothing."""
        return self.low <= self.level and not self.scale_changes > 0.01


def self_audit(
    x: Any,
    y: Any,
    kernel: KernelLike = None,
    kernel_y: KernelLike = None,
    *,
    method: Method | Callable[[Any, Any], float] = "permutation",
    permutations: int = 199,
    runs: int = 200,
    level: float = 0.05,
    seed: int = 0,
) -> SelfAudit:
    """Run a test on shuffled copies of the user's own data, and on rescaled ones.

    Shuffling `y` makes the variables independent and leaves each as it is, with its outliers, ties and categories. So
    what the test finds then is its real level, here.

    Args:
        x: Samples `(n, …)`.
        y: Samples `(n, …)`.
        kernel: As in `hsic`.
        kernel_y: As in `hsic`.
        method: As in `independence_test`; or any other test, your own or of another library: a function of `x` and `y`
            that gives a p-value.
        permutations: As there.
        runs: Shuffled data sets.
        level: What p-values are compared with.
        seed: Of the shuffles.

    Raises:
        ValueError: Fewer than one run, or as in `independence_test`.

    >>> import numpy as np
    >>> x, y = np.random.default_rng(0).standard_normal((2, 40))
    >>> self_audit(x, y, runs=50, permutations=99).passed
    True
    """
    if runs < 1:
        raise ValueError(f"runs must be 1 or more. Received: {runs}")
    x, y = as_array(x, "x"), as_array(y, "y")
    same_length(len(x), len(y))
    rng = np.random.default_rng(seed)

    def p_value(a: Any, b: Any, own_seed: int = seed) -> float:
        if not isinstance(method, str):
            return float(method(a, b))
        return independence_test(
            a, b, kernel, kernel_y, method=method, permutations=permutations, seed=own_seed
        ).p_value

    rejected = sum(p_value(x, y[rng.permutation(len(y))], 1 + run) <= level for run in range(runs))
    realised = rejected / runs
    # Wilson's interval: it is one even where no run, or every one, was called dependent.
    middle = (realised + _Z99**2 / (2 * runs)) / (1 + _Z99**2 / runs)
    half = _Z99 * (realised * (1 - realised) / runs + _Z99**2 / (4 * runs**2)) ** 0.5 / (1 + _Z99**2 / runs)
    changes = float("nan")
    if x.dtype.kind in "fiu" and y.dtype.kind in "fiu":
        plain = p_value(x, y)
        moved = ((1e3 * x, y), (x, 1e3 * y), (1e-3 * x, y), (x, 1e-3 * y), (x + 7.0, y - 3.0))
        changes = max(abs(p_value(a, b) - plain) for a, b in moved)
    return SelfAudit(level, realised, middle - half, middle + half, runs, changes)
