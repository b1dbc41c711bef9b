"""The median heuristic: a width from the data, per variable."""

from typing import Any, Literal

import numpy as np

from maskplay.analysis.hsic._samples import as_numbers
from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.kernels._distances import absolute_distances, squared_distances

SAMPLES = 1000
"""How many samples the median is taken over, at most."""


def median_distance(x: Any, metric: Literal["euclidean", "absolute"] = "euclidean") -> float:
    """Median of the distances between different samples; of the positive ones where most samples are equal.

    With more than 1,000 samples it is that of 1,000 drawn without replacement with a fixed seed, so that it costs
    little and never varies. It scales with the data: the width of `1000 * x` is 1,000 times that of `x`. Where all
    samples are equal it is 1.

    Args:
        x: Samples `(n, …)`.
        metric: "euclidean", or "absolute": the sum of absolute differences.

    >>> median_distance([0.0, 1.0, 3.0])
    2.0
    """
    samples = as_numbers(x)
    if len(samples) > SAMPLES:
        samples = samples[np.random.default_rng(0).choice(len(samples), SAMPLES, replace=False)]
    if samples.shape[1] == 1:
        return _on_a_line(np.sort(samples[:, 0]))
    pairs = np.triu_indices(len(samples), 1)
    if metric == "absolute":
        return _positive_median(absolute_distances(samples, samples)[pairs])
    samples = samples - samples.mean(0)
    unit = float(np.abs(samples).max()) or 1.0  # squares of what is very small would be 0
    return unit * _positive_median(np.sqrt(squared_distances(samples / unit, samples / unit)[pairs]))


def _positive_median(distances: Floats) -> float:
    median = float(np.median(distances))
    if median > 0:
        return median
    positive = distances[distances > 0]
    return float(np.median(positive)) if len(positive) else 1.0


def _on_a_line(x: Floats) -> float:
    """The same for sorted numbers, by halving: how many pairs are closer than t costs one search per sample.

    When few pairs are left between the bounds, these are looked at one by one, so the median is exact.
    """
    n = len(x)
    pairs = n * (n - 1) // 2
    low, high = 0.0, float(x[-1] - x[0])
    if high == 0:
        return 1.0
    own = np.arange(n)
    below = np.zeros(n, np.intp) + own + 1  # first partner at a distance of `low` or more, per sample
    upto = np.full(n, n)  # behind the last partner at a distance of `high` or less
    middle = (pairs - 1) // 2
    for _ in range(60):
        if int((upto - below).sum()) <= 4 * n:
            break
        t = (low + high) / 2
        reach = np.maximum(np.searchsorted(x, x + t, "right"), own + 1)
        if int((reach - own - 1).sum()) > middle:
            high, upto = t, reach
        else:
            low, below = t, reach
    before = int((below - own - 1).sum())
    counts = upto - below
    middle, upper, total = middle - before, pairs // 2 - before, int(counts.sum())
    if upper < total <= 8 * n:
        first = np.repeat(own, counts)
        second = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(below, counts)
        between = np.sort(x[second] - x[first])
        median = float((between[middle] + between[upper]) / 2)
        if median > 0:
            return median
    elif upper < total and low > 0:  # many equal distances, which no halving parts
        return float((x[np.minimum(below, n - 1)] - x)[counts > 0].min())
    return _positive_median(np.abs(np.subtract.outer(x, x))[np.triu_indices(n, 1)])
