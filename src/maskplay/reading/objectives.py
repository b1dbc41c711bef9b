"""What a reader network is trained for, and how its scores are read afterwards."""

from typing import Any

import keras
from keras import ops

from maskplay.masks import masked_logsumexp, masked_mean, masked_softmax

_INSIDE_WEIGHT = 3.0  # a hint for the features rather than a goal; it is not decoded
_GATE_WEIGHT = 0.5
_TAUGHT_SHARE = 0.5  # of the loss of the span, where there was a teacher


@keras.saving.register_keras_serializable("maskplay")
class SoftmaxObjective(keras.losses.Loss):
    """Start and end compete over the positions of the passage; the gate and the inside are yes or no.

    For a pair that has an answer, the loss is minus the log-probability that the start is one of the labelled starts
    and the end one of the labelled ends; for every pair, the cross-entropies of the gate and of the inside labels.
    Where teachers said where they believe that the answer starts and ends, half of the first is the cross-entropy with
    their probabilities.

    Call arguments:
        y_true: `(pairs, length, 4 or 6)`: 1 where an answer starts, where one ends (inclusive), inside answers, and
            where there is a character at all; what teachers believe of starts and of ends, 0 where there was none.
        y_pred: scores `(pairs, length, 5)`, see `maskplay.models.ReaderNetwork`.
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        start, end, inside, kept = (ops.cast(y_true[..., i], "bool") for i in range(4))
        answerable = ops.cast(ops.any(start, axis=1), y_pred.dtype)
        chosen = _log_share(y_pred[..., 0], start, kept) + _log_share(y_pred[..., 1], end, kept)
        spans = -ops.where(answerable > 0, chosen, ops.zeros_like(chosen))
        if y_true.shape[-1] > 4:
            spans = _with_teachers(spans, y_true, y_pred, kept)
        insides = masked_mean(_binary(inside, y_pred[..., 2]), kept, axis=1)
        gates = _binary(answerable, gate_logits(y_pred, kept))
        return spans + _INSIDE_WEIGHT * insides + _GATE_WEIGHT * gates


@keras.saving.register_keras_serializable("maskplay")
class FocalObjective(keras.losses.Loss):
    """Start and end are sigmoids times the gate, trained with the focal loss (Scientific Spaces 6906).

    The focal loss is Keras' own, with the post's alpha 0.25 and gamma 2. Call arguments as in `SoftmaxObjective`;
    the inside scores are not used.
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        kept = ops.cast(y_true[..., 3], "bool")
        gate = ops.sigmoid(gate_logits(y_pred, kept))[:, None]
        total = 0.0
        for channel in (0, 1):
            probability = ops.sigmoid(y_pred[..., channel]) * gate
            loss = keras.losses.binary_focal_crossentropy(
                y_true[..., channel, None], probability[..., None], apply_class_balancing=True
            )
            total = total + ops.sum(ops.where(kept, loss, ops.zeros_like(loss)), axis=1)
        return total


def gate_logits(scores: Any, kept: Any) -> Any:
    """Pool the gate's channels to the logit `(pairs,)` that the passage answers the question.

    Args:
        scores: `(pairs, length, 5)`.
        kept: `(pairs, length)`, True where there is a character.
    """
    return ops.sum(masked_softmax(scores[..., 3], kept, axis=1) * scores[..., 4], axis=1)


def _log_share(logits: Any, labelled: Any, kept: Any) -> Any:
    """Log of the softmax's share of the labelled positions `(pairs,)`; -inf where none is labelled."""
    return masked_logsumexp(logits, labelled, axis=1) - masked_logsumexp(logits, kept, axis=1)


def _with_teachers(spans: Any, y_true: Any, y_pred: Any, kept: Any) -> Any:
    """Mix the loss of the spans `(pairs,)` with the cross-entropies with what teachers believe."""
    taught = ops.any(y_true[..., 4] > 0, axis=1)
    total = 0.0
    for channel in (0, 1):
        logits = y_pred[..., channel]
        log_likely = logits - masked_logsumexp(logits, kept, axis=1)[:, None]
        total = total - ops.sum(y_true[..., 4 + channel] * ops.where(kept, log_likely, 0.0), axis=1)
    return ops.where(taught, (1 - _TAUGHT_SHARE) * spans + _TAUGHT_SHARE * total, spans)


def _binary(labels: Any, logits: Any) -> Any:
    """Cross-entropy of logits with labels of 0 and 1, elementwise."""
    return ops.softplus(logits) - logits * ops.cast(labels, logits.dtype)


def get(name: str) -> keras.losses.Loss:
    """Find an objective by the name that a configuration gives: "softmax" or "focal"."""
    return {"softmax": SoftmaxObjective, "focal": FocalObjective}[name]()
