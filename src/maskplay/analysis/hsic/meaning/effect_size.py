"""What a value of HSIC means."""

from dataclasses import dataclass
from typing import Any

from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.kernels import KernelLike
from maskplay.analysis.hsic.statistic import alignment, both
from maskplay.analysis.hsic.testing._prepared import Prepared

_NORMAL_MEDIAN = (
    0.9538725524087  # median distance of two standard normal numbers, the square root of 2 times 0.6745
)
_Z95 = 1.959963984540054


@dataclass(frozen=True)
class EffectSize:
    """The correlation of the Gaussian pair that depends as much.

    Attributes:
        correlation: between 0 and 1.
        low: the lower end of an interval of about 95 %.
        high: the upper end.
        cka: the unbiased normalised HSIC that it was found from.
        error: standard error of that.
    """

    correlation: float
    low: float
    high: float
    cka: float
    error: float


def effect_size(x: Any, y: Any, kernel: KernelLike = None, kernel_y: KernelLike = None) -> EffectSize:
    """Say how strong a dependence is, on the scale of correlations.

    A value of HSIC alone says little. This is the correlation of the pair of normal numbers whose normalised HSIC,
    with Gaussian kernels of their median widths, is the same: 0 for independent variables, 1 for equal ones, and for
    normal data their correlation itself, whatever its sign.

    The interval is asymptotic: from the influence of each sample, and from what chance alone gives under independence.

    Arguments and errors as in `hsic`.

    >>> import numpy as np
    >>> x, noise = np.random.default_rng(0).standard_normal((2, 1000))
    >>> found = effect_size(x, 0.6 * x + 0.8 * noise)
    >>> round(found.correlation, 1), found.low < 0.6 < found.high
    (0.6, True)
    """
    return effect_of(Prepared(*both(x, y, kernel, kernel_y)))


def effect_of(pair: Prepared) -> EffectSize:
    """The same for kernels that are bound to samples.

    Raises:
        ValueError: with fewer than 4 samples.
    """
    if pair.x.size < 4:
        raise ValueError(f"An effect size needs at least 4 samples. Received: {pair.x.size}")
    n = pair.x.size
    value = alignment(pair.unbiased * (n * (n - 3.0)), (pair.x, pair.y))
    error = _error(pair)
    return EffectSize(
        correlation=correlation_of(value),
        low=correlation_of(value - _Z95 * error),
        high=correlation_of(value + _Z95 * error),
        cka=value,
        error=error,
    )


def gaussian_hsic(
    correlation: float, width: float = _NORMAL_MEDIAN, width_y: float = _NORMAL_MEDIAN
) -> float:
    """HSIC of two standard normal numbers with that correlation, and Gaussian kernels of those widths, in closed form.

    >>> round(gaussian_hsic(0.0), 12), round(gaussian_hsic(1.0), 4)
    (0.0, 0.0772)
    """
    s, t, r = width**-2, width_y**-2, correlation * correlation
    free = (1 + 2 * s) * (1 + 2 * t)
    together = (free - 4 * r * s * t) ** -0.5
    p, q = s / (1 + s), t / (1 + t)
    mixed = ((1 + s) * (1 + t) * ((1 + p) * (1 + q) - r * p * q)) ** -0.5
    return float(together + free**-0.5 - 2 * mixed)


def correlation_of(cka: float) -> float:
    """The correlation of the Gaussian pair with that normalised HSIC, by halving; it grows with it."""
    target = min(max(cka, 0.0), 1.0) * gaussian_hsic(1.0)
    if target <= 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if gaussian_hsic(middle) < target else (low, middle)
    return (low + high) / 2


def _error(pair: Prepared) -> float:
    """Standard error of the normalised HSIC, by its influence function and by chance under independence."""
    n, rows = pair.x.size, pair.rows
    xy, xx, yy = rows.mean(1)
    if min(xx, yy) <= 1e-26:
        return 0.0
    value = xy / (xx * yy) ** 0.5
    influence: Floats = (rows[0] - xy) / (xx * yy) ** 0.5
    influence = 2 * (influence - value * ((rows[1] - xx) / xx + (rows[2] - yy) / yy) / 2)
    chance = pair.moments[1] / (xx * yy)
    return float((influence.var() / n + chance) ** 0.5)
