"""A test that needs no kernel width."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import same_length
from maskplay.analysis.hsic._types import Floats, Ints
from maskplay.analysis.hsic.kernels import Gaussian, Gram, Laplace, as_kernel
from maskplay.analysis.hsic.kernels.choose import KernelLike
from maskplay.analysis.hsic.testing._moments import gamma_tail
from maskplay.analysis.hsic.testing._permutations import orders
from maskplay.analysis.hsic.testing._prepared import Prepared
from maskplay.analysis.hsic.testing._reordered import over_chunks
from maskplay.analysis.hsic.testing.result import TestResult

SCALES = (0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class AggregatedResult:
    """What the test over many widths found.

    Attributes:
        p_value: of all widths together; nothing more needs to be corrected.
        best: the result at the widths that speak most clearly; its own p-value is the gamma one, not corrected.
        scales: those of `best`, of the width of `x` and of `y`, as multiples of the median distance.
        p_values: the gamma p-values `(scales of x, scales of y)`, not corrected: a picture of at what widths the
            dependence lives.
        permutations: random orders that it was compared with.
    """

    p_value: float
    best: TestResult
    scales: tuple[float, float]
    p_values: Floats
    permutations: int


def aggregated_test(
    x: Any,
    y: Any,
    kernel: KernelLike = None,
    kernel_y: KernelLike = None,
    *,
    scales: Sequence[float] = SCALES,
    permutations: int = 999,
    groups: Any = None,
    block: int | None = None,
    seed: int = 0,
) -> AggregatedResult:
    """Test independence over all pairs of widths, so that none need be chosen.

    For each pair of widths the statistic is given a p-value by the gamma approximation; the smallest of these is
    compared with the smallest for random orders of the samples. As all pairs of widths see the same orders, the level
    is exact, at any number of samples, however the widths depend on each other.

    Args:
        x: Samples `(n, …)`.
        y: Samples `(n, …)`.
        kernel: As in `hsic`. Only Gaussian and Laplace kernels have widths to go over.
        kernel_y: As in `hsic`.
        scales: Multiples of the kernel's own width.
        permutations: Random orders.
        groups: As in `independence_test`.
        block: As in `independence_test`.
        seed: Of the random orders.

    Raises:
        ValueError: As in `independence_test`, or no scales.

    >>> import numpy as np
    >>> x, noise = np.random.default_rng(0).standard_normal((2, 300))
    >>> found = aggregated_test(x, np.sin(8 * x) + 0.3 * noise, permutations=199)
    >>> found.p_value, found.scales[0] < 1
    (0.005, True)
    """
    if not len(scales):
        raise ValueError("There must be at least one scale. Received: none")
    many_x, scales_x = _family(x, kernel, scales, "x")
    many_y, scales_y = _family(y, kernel if kernel_y is None else kernel_y, scales, "y")
    n = same_length(many_x[0].size, many_y[0].size)
    pairs = [[Prepared(one, other) for other in many_y] for one in many_x]
    flat = [pair for row in pairs for pair in row]
    moments = [pair.moments for pair in flat]
    observed = _tails(np.array([[pair.statistic] for pair in flat]), moments)[:, 0]
    functions = [pair.reordered()[0] for pair in flat]

    def smallest(chunk: Ints) -> Floats:
        return _tails(np.stack([function(chunk) for function in functions]), moments).min(0)

    null = over_chunks(orders(n, permutations, np.random.default_rng(seed), groups, block), smallest)
    reached = int((null <= observed.min() * (1 + 1e-6)).sum())  # the statistics here are float32
    where = int(observed.argmin())
    best, (mean, variance) = flat[where], moments[where]
    return AggregatedResult(
        p_value=(1 + reached) / (1 + permutations),
        best=TestResult(
            statistic=best.statistic,
            p_value=float(observed[where]),
            method="gamma",
            samples=n,
            permutations=0,
            null_mean=mean,
            null_deviation=variance**0.5,
            kernels=(repr(best.x.kernel), repr(best.y.kernel)),
            residual=best.residual,
        ),
        scales=(scales_x[where // len(many_y)], scales_y[where % len(many_y)]),
        p_values=observed.reshape(len(many_x), len(many_y)),
        permutations=permutations,
    )


def _tails(statistics: Floats, moments: list[tuple[float, float]]) -> Floats:
    """Gamma p-values `(pairs, orders)`."""
    return np.stack([gamma_tail(row, *own) for row, own in zip(statistics, moments, strict=True)])


def _family(x: Any, kernel: KernelLike, scales: Sequence[float], name: str) -> tuple[list[Gram], list[float]]:
    """The kernel at all its widths; just itself where it has none."""
    chosen = as_kernel(kernel, x)
    if not isinstance(chosen, Gaussian | Laplace):
        return [chosen.gram(x, name)], [1.0]
    fitted = chosen.gram(x, name).kernel
    return [replace(fitted, scale=chosen.scale * s).gram(x, name) for s in scales], list(scales)  # type: ignore[type-var]
