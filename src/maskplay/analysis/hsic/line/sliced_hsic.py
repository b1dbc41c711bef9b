"""HSIC of vectors by way of lines."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.hsic._samples import as_numbers, same_length
from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.line.laplace_hsic import laplace_hsic


@dataclass(frozen=True)
class SlicedHSIC:
    """The mean over random directions, and how far it may be off.

    Attributes:
        unbiased: mean of the unbiased estimates.
        error: standard error of that mean, from the choice of directions alone.
        values: of each pair of directions `(directions,)`.
    """

    unbiased: float
    error: float
    values: Floats


def sliced_hsic(x: Any, y: Any, *, directions: int = 64, seed: int = 0) -> SlicedHSIC:
    """HSIC of the projections of `x` and `y` on random directions, on average: O(n log n), exact on each line.

    It is 0, as the plain one, only for independent variables; it is a statistic of its own, not an approximation of the
    plain one. Each projection has its own median width.

    Args:
        x: Samples `(n, …)`.
        y: Samples `(n, …)`.
        directions: Pairs of directions; the error shrinks as their square root.
        seed: Of the directions.

    Raises:
        ValueError: Fewer than two directions, or as in `hsic`.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((500, 3))
    >>> found = sliced_hsic(x, x**2)
    >>> found.unbiased > 3 * found.error
    True
    """
    if directions < 2:
        raise ValueError(f"directions must be 2 or more, to know the error. Received: {directions}")
    samples = as_numbers(x, "x"), as_numbers(y, "y")
    n = same_length(len(samples[0]), len(samples[1]))
    if n < 4:
        raise ValueError(f"A sliced estimate needs at least 4 samples. Received: {n}")
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(directions):
        line_x, line_y = (_projected(one, rng) for one in samples)
        values.append(laplace_hsic(line_x, line_y).unbiased)
    found = np.array(values)
    return SlicedHSIC(float(found.mean()), float(found.std(ddof=1)) / directions**0.5, found)


def _projected(samples: Floats, rng: np.random.Generator) -> Floats:
    direction = rng.standard_normal(samples.shape[1])
    projected: Floats = samples @ (direction / np.linalg.norm(direction))
    return projected
