"""Losses against NumPy, by hand-computed cases."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.reading import objectives

INSIDE, GATE = 3.0, 0.5  # the weights that the module gives to inside and gate


def labels(length, kept, *spans):
    y = np.zeros((length, 4), np.float32)
    for start, end in spans:
        y[start, 0] = y[end - 1, 1] = 1
        y[start:end, 2] = 1
    y[:kept, 3] = 1
    return y


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gate_logit(scores):
    weights = np.exp(scores[:, 3])
    return float((weights * scores[:, 4]).sum() / weights.sum())


def softmax_loss(y, scores):
    """The definition, in float64 over the kept positions alone."""
    kept = y[:, 3] > 0
    y, s = y[kept].astype(np.float64), scores[kept].astype(np.float64)
    loss = 0.0
    if y[:, 0].any():
        for channel in (0, 1):
            probability = np.exp(s[:, channel]) / np.exp(s[:, channel]).sum()
            loss -= np.log(probability[y[:, channel] > 0].sum())
    inside = sigmoid(s[:, 2])
    loss -= INSIDE * np.mean(np.log(np.where(y[:, 2] > 0, inside, 1 - inside)))
    gate = sigmoid(gate_logit(s))
    return loss - GATE * np.log(gate if y[:, 0].any() else 1 - gate)


def focal_loss(y, scores):
    kept = y[:, 3] > 0
    y, s = y[kept].astype(np.float64), scores[kept].astype(np.float64)
    gate, loss = sigmoid(gate_logit(s)), 0.0
    for channel in (0, 1):
        p = sigmoid(s[:, channel]) * gate
        yes, no = -0.25 * (1 - p) ** 2 * np.log(p), -0.75 * p**2 * np.log(1 - p)
        loss += np.where(y[:, channel] > 0, yes, no).sum()
    return loss


@functools.cache
def compiled(name):
    call = objectives.get(name).call
    if keras.backend.backend() != "jax":
        return call
    import jax

    return jax.jit(call)


def losses(name, y, scores, filler=0.0):
    """Each row's loss, computed in one shape for all tests; `filler` stands where there is no character."""
    rows, length, _ = y.shape
    wide = np.zeros((6, 10, 4), np.float32)
    wide[:rows, :length] = y
    filled = np.full((6, 10, 5), filler, np.float32)
    filled[:rows, :length] = scores
    return np.asarray(compiled(name)(wide, filled))[:rows]


Y = np.stack(
    [
        labels(7, 7, (2, 4)),
        labels(7, 5, (0, 1), (3, 5)),  # two answers: their shares add up
        labels(7, 4),  # no answer
        labels(7, 1, (0, 1)),  # one character
    ]
)
SCORES = np.random.default_rng(3).normal(0, 2, (4, 7, 5)).astype(np.float32)


@pytest.mark.parametrize(("name", "definition"), [("softmax", softmax_loss), ("focal", focal_loss)])
def test_losses_equal_their_definition(name, definition):
    found = losses(name, Y, SCORES)
    expected = [definition(y, s) for y, s in zip(Y, SCORES, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_the_softmax_loss_by_hand():
    """All scores 0 over 4 characters: each share is 1/4 or, with two answers, 1/2; the rest are coin tosses."""
    scores, coin = np.zeros((1, 4, 5), np.float32), np.log(2)
    one = losses("softmax", labels(4, 4, (1, 3))[None], scores)
    two = losses("softmax", labels(4, 4, (0, 1), (2, 4))[None], scores)
    none = losses("softmax", labels(4, 4)[None], scores)
    assert float(one[0]) == pytest.approx(2 * np.log(4) + (INSIDE + GATE) * coin, rel=1e-6)
    assert float(two[0]) == pytest.approx(2 * np.log(2) + (INSIDE + GATE) * coin, rel=1e-6)
    assert float(none[0]) == pytest.approx((INSIDE + GATE) * coin, rel=1e-6)


@pytest.mark.parametrize("name", ["softmax", "focal"])
def test_padding_counts_nothing(name):
    np.testing.assert_array_equal(losses(name, Y, SCORES, filler=9.0), losses(name, Y, SCORES))


@pytest.mark.parametrize("name", ["softmax", "focal"])
def test_the_loss_of_a_batch_is_the_weighted_mean(name):
    loss = objectives.get(name)
    each = losses(name, Y, SCORES)
    weights = np.array([4 / 3, 4 / 3, 4 / 3, 0], np.float32)
    assert float(loss(Y, SCORES, sample_weight=weights)) == pytest.approx(each[:3].mean(), rel=1e-6)


@pytest.mark.parametrize("name", ["softmax", "focal"])
def test_gradients_are_finite_whatever_the_scores(name):
    """Also for rows without an answer, without a character, and where scores are huge."""
    jax = pytest.importorskip("jax")
    if keras.backend.backend() != "jax":
        pytest.skip("differentiates with JAX")
    loss = objectives.get(name)
    differentiate = jax.jit(jax.value_and_grad(lambda y, s: ops.sum(loss.call(y, s)), argnums=1))
    y = np.concatenate([Y, np.zeros((1, 7, 4), np.float32)])
    for scale in (0.0, 1.0, 60.0):
        scores = np.concatenate([SCORES, SCORES[:1]]) * np.float32(scale)
        value, gradient = differentiate(y, scores)
        assert np.isfinite(value)
        assert np.isfinite(gradient).all()
        assert not np.asarray(gradient)[y[:, :, 3] == 0].any()
        if scale == 1:
            assert np.abs(np.asarray(gradient)[y[:, :, 3] > 0][:, [0, 1, 3, 4]]).max() > 1e-2


@pytest.mark.parametrize("name", ["softmax", "focal"])
def test_a_better_prediction_has_a_lower_loss(name):
    right = np.zeros_like(SCORES)
    right[..., :3] = 8 * Y[..., :3] - 4
    right[..., 4] = np.where(Y[:, :, :1].any(axis=1), 4, -4)
    means = [losses(name, Y, s).mean() for s in (right, np.zeros_like(right), -right)]
    assert means == sorted(means)
    assert means[0] < 0.25 * means[1]


def test_the_gate_is_pooled_over_what_is_kept():
    kept = Y[..., 3] > 0
    found = np.asarray(objectives.gate_logits(SCORES, kept))
    expected = [gate_logit(s[k]) for s, k in zip(SCORES.astype(np.float64), kept, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert np.asarray(objectives.gate_logits(SCORES, np.zeros_like(kept))).tolist() == [0] * 4


@pytest.mark.parametrize("name", ["softmax", "focal"])
def test_keras_can_save_an_objective(name):
    loss = objectives.get(name)
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(again) is type(loss)
