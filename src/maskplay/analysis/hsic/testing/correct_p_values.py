"""Many tests at once."""

from typing import Any, Literal

import numpy as np

from maskplay.analysis.hsic._types import Floats

Correction = Literal["holm", "benjamini-hochberg", "benjamini-yekutieli", "bonferroni", "none"]
CORRECTIONS = ("holm", "benjamini-hochberg", "benjamini-yekutieli", "bonferroni", "none")


def correct_p_values(p_values: Any, method: Correction = "holm") -> Floats:
    """Adjust p-values for the number of tests.

    Args:
        p_values: `(tests,)`.
        method: "holm" and "bonferroni" bound the chance of *any* false finding, however the tests depend on each
            other; "benjamini-hochberg" bounds the expected share of false ones among the findings (for tests that
            depend positively), "benjamini-yekutieli" the same however they depend; "none" leaves them.

    Returns:
        Adjusted ones `(tests,)`, to be compared with the level as they are.

    Raises:
        ValueError: A p-value is not between 0 and 1, or the method is unknown.

    >>> correct_p_values([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    >>> correct_p_values([0.01, 0.04, 0.03], "benjamini-hochberg").round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, np.float64)
    if p.ndim != 1 or not np.all((p >= 0) & (p <= 1)):
        raise ValueError(f"p-values must be a row of numbers between 0 and 1. Received: {p_values!r:.100}")
    if method not in CORRECTIONS:
        raise ValueError(f"correction must be one of {', '.join(CORRECTIONS)}. Received: {method!r}")
    count, order = len(p), np.argsort(p, kind="stable")
    rank = np.arange(1, count + 1)
    if method in ("none", "bonferroni"):
        return np.minimum(p * (count if method == "bonferroni" else 1), 1.0)
    adjusted = np.empty(count)
    if method == "holm":
        adjusted[order] = np.maximum.accumulate(p[order] * (count - rank + 1))
    else:
        factor = float((1 / rank).sum()) if method == "benjamini-yekutieli" else 1.0
        adjusted[order] = np.minimum.accumulate((p[order] * factor * count / rank)[::-1])[::-1]
    return np.minimum(adjusted, 1.0)
