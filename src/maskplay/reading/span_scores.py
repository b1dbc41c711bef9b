"""A network's raw scores as log-probabilities of starts and ends, and the gate."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class SpanScores(NamedTuple):
    """What was found in some passages, each asked one question.

    Attributes:
        start: log-probability that the answer starts here, `(passages, length)`; -inf behind a passage's end.
        end: log-probability that it ends with this character, `(passages, length)`.
        gate: probability that the passage answers the question, `(passages,)`.
    """

    start: np.ndarray
    end: np.ndarray
    gate: np.ndarray


def span_scores(scores: Sequence[np.ndarray], objective: str) -> SpanScores:
    """Read raw scores as the objective that trained them means them.

    Args:
        scores: of whole passages, `(length, 5)` each; see `maskplay.models.ReaderNetwork`.
        objective: "softmax" (positions compete) or "focal" (each position is judged alone).

    >>> tied = span_scores([np.zeros((2, 5)), np.zeros((1, 5))], "softmax")
    >>> np.exp(tied.start).round(3).tolist(), tied.gate.round(3).tolist()
    ([[0.5, 0.5], [1.0, 0.0]], [0.5, 0.5])
    """
    lengths = np.array([len(one) for one in scores])
    raw = np.zeros((len(scores), 5, lengths.max(initial=0)))
    for row, one in zip(raw, scores, strict=True):
        row[:, : len(one)] = one.T
    there = np.arange(raw.shape[2]) < lengths[:, None]
    read = _log_softmax if objective == "softmax" else _each
    start, end, weight = (read(raw[:, 0], there), read(raw[:, 1], there), _log_softmax(raw[:, 3], there))
    return SpanScores(start, end, _sigmoid((np.exp(weight) * raw[:, 4]).sum(axis=1)))


def _log_softmax(logits: np.ndarray, there: np.ndarray) -> np.ndarray:
    logits = np.where(there, logits, -np.inf)
    most = logits.max(axis=1, keepdims=True, initial=-np.inf)
    shifted = logits - np.where(there.any(axis=1, keepdims=True), most, 0.0)
    total = np.exp(shifted).sum(axis=1, keepdims=True)
    return shifted - np.log(np.where(total == 0, 1.0, total))


def _each(logits: np.ndarray, there: np.ndarray) -> np.ndarray:
    return np.where(there, log_sigmoid(logits), -np.inf)


def log_sigmoid(logits: np.ndarray) -> np.ndarray:
    """Logarithm of the logistic function, elementwise.

    >>> log_sigmoid(np.zeros(1)).round(3).tolist()
    [-0.693]
    """
    return -np.logaddexp(0.0, -logits)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0.0, -x))
