"""How far probabilities are from what happened."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def brier(probabilities: ArrayLike, correct: ArrayLike) -> float:
    """Give the mean squared difference between probability and outcome (0 is perfect; 0.25 is "always 0.5").

    Args:
        probabilities: `(answers,)`, in [0, 1].
        correct: whether each was right, `(answers,)`.

    >>> round(brier([1.0, 0.5], [True, False]), 3)
    0.125
    """
    probability, right = _pair(probabilities, correct)
    return float(np.mean((probability - right) ** 2))


def expected_calibration_error(probabilities: ArrayLike, correct: ArrayLike, *, bins: int = 10) -> float:
    """Give the mean distance between probability and share of right answers, over bins of equal width.

    Args:
        probabilities: `(answers,)`, in [0, 1]. A bin holds its upper edge, the first also 0.
        correct: whether each was right, `(answers,)`.
        bins: how many bins.

    Returns:
        Each bin's |mean probability - share right|, weighted by its number of answers; 0 is perfect.

    >>> round(expected_calibration_error([0.95, 0.95, 0.15], [True, False, False]), 3)
    0.35
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, not {bins}")
    probability, right = _pair(probabilities, correct)
    # side="left" puts an upper edge into its bin
    where = np.clip(np.searchsorted(np.linspace(0, 1, bins + 1), probability, side="left") - 1, 0, bins - 1)
    # a bin's count times its distance is the distance of its sums
    distance = np.abs(
        np.bincount(where, probability, minlength=bins) - np.bincount(where, right, minlength=bins)
    )
    return float(distance.sum() / len(probability))


def _pair(probabilities: ArrayLike, correct: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    probability, right = np.asarray(probabilities, np.float64), np.asarray(correct, np.float64)
    if probability.ndim != 1 or probability.shape != right.shape or not probability.size:
        raise ValueError(
            "probabilities and correct must have the same shape `(answers,)`, at least one answer, "
            f"but have {probability.shape} and {right.shape}"
        )
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError("probabilities must lie between 0 and 1")
    return probability, right
