"""A network's raw scores as log-probabilities of starts and ends, and the gate."""

from typing import NamedTuple

import numpy as np


class SpanScores(NamedTuple):
    """What one question found in one passage.

    Attributes:
        start: log-probability that the answer starts here, `(length,)`.
        end: log-probability that it ends with this character, `(length,)`.
        gate: probability that the passage answers the question.
    """

    start: np.ndarray
    end: np.ndarray
    gate: float


def span_scores(scores: np.ndarray, objective: str) -> SpanScores:
    """Read raw scores `(length, 5)` as the objective that trained them means them.

    Args:
        scores: of a whole passage, see `maskplay.models.ReaderNetwork`.
        objective: "softmax" (positions compete) or "focal" (each position is judged alone).

    >>> tied = span_scores(np.zeros((2, 5)), "softmax")
    >>> np.exp(tied.start).round(3).tolist(), round(tied.gate, 3)
    ([0.5, 0.5], 0.5)
    """
    scores = scores.astype(np.float64)
    weights = np.exp(scores[:, 3] - scores[:, 3].max())
    gate = float(_sigmoid(np.average(scores[:, 4], weights=weights)))
    read = _log_softmax if objective == "softmax" else log_sigmoid
    return SpanScores(read(scores[:, 0]), read(scores[:, 1]), gate)


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max()
    return shifted - np.log(np.exp(shifted).sum())


def log_sigmoid(logits: np.ndarray) -> np.ndarray:
    """Logarithm of the logistic function, elementwise.

    >>> log_sigmoid(np.zeros(1)).round(3).tolist()
    [-0.693]
    """
    return -np.logaddexp(0.0, -logits)


def _sigmoid(x: float) -> float:
    return np.exp(-np.logaddexp(0.0, -x))
