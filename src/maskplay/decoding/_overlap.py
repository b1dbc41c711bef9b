"""The F1 of one stretch of a text against another."""

import numpy as np
from numpy.typing import NDArray


def overlap(start: NDArray, end: NDArray, true_start: NDArray, true_end: NDArray) -> NDArray[np.float64]:
    """Give the F1 of stretches of one text; all arguments are offsets in tokens, and are broadcast.

    Stretches share their intersection; what is empty has an F1 of 0.
    """
    shared = np.minimum(end, true_end) - np.maximum(start, true_start)
    np.maximum(shared, 0, out=shared)
    total = (end - start) + (true_end - true_start)
    return np.divide(2.0 * shared, total, out=np.zeros(shared.shape), where=total > 0)
