"""Masks against networks: what is forbidden and used, what is allowed and unused."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.masks.audit import LeakageError, assert_no_leakage, check_leakage, dependencies, reach

from .models import embed, settled

CAUSAL = np.tril(np.ones((5, 5), bool))


def average(allowed: np.ndarray):
    """A model `(batch, keys, dim) -> (batch, queries, dim)`: the mean over the keys that a mask allows."""
    weights = ops.convert_to_tensor(
        (allowed / np.maximum(1, allowed.sum(axis=-1, keepdims=True))).astype("float32")
    )
    return lambda x: ops.matmul(weights, x)


def test_a_network_that_keeps_to_its_mask(floats):
    found = check_leakage(average(CAUSAL), CAUSAL, floats)
    np.testing.assert_array_equal(found.matrix, CAUSAL)
    assert_no_leakage(average(CAUSAL), CAUSAL[None], floats)


def test_a_leak_is_told_and_drawn(floats):
    used = CAUSAL.copy()
    used[1, 3] = used[2, 4] = True
    with pytest.raises(LeakageError) as caught:
        check_leakage(average(used), CAUSAL, floats)
    error = caught.value
    assert {(pair.query, pair.key) for pair in error.leaks} == {(1, 3), (2, 4)}
    assert error.leaks[0].strength >= error.leaks[1].strength > 1e-5
    assert error.leaks[0].row is None
    assert error.unused == ()
    np.testing.assert_array_equal(error.found.matrix, used)
    assert "looks where its mask forbids it: 2 pairs (query, key)" in str(error)
    assert str(error).endswith("  01234\n0 ■····\n1 ■■·!·\n2 ■■■·!\n3 ■■■■·\n4 ■■■■■")


def test_what_is_allowed_and_unused_is_told(floats):
    used = CAUSAL & ~np.eye(5, k=-2, dtype=bool)
    with pytest.raises(AssertionError, match=r"does not look where its mask allows it: 3 pairs") as caught:
        assert_no_leakage(average(used), CAUSAL, floats)
    assert "\n4 ■■?■■" in str(caught.value)
    check_leakage(average(used), CAUSAL, floats, unused=False)


def test_between_tolerance_and_rounding_nothing_is_claimed(floats):
    """A weight of 1e-6 is neither a leak nor unused."""
    weights = CAUSAL.astype("float32")
    weights[4, 0] = 3e-6
    model = lambda x: ops.matmul(ops.convert_to_tensor(weights), x)  # noqa: E731
    check_leakage(model, CAUSAL, floats)
    forbidden = CAUSAL.copy()
    forbidden[4, 0] = False
    check_leakage(model, forbidden, floats)
    with pytest.raises(LeakageError):
        check_leakage(model, forbidden, floats, tolerance=1e-7)


def test_a_mask_for_each_row(floats):
    """Row 0 may see what is before, row 1 what is after."""
    masks = np.stack([CAUSAL, CAUSAL.T])
    weights = ops.convert_to_tensor(masks.astype("float32"))
    model = lambda inputs: ops.matmul(ops.take(weights, inputs["which"], axis=0), inputs["x"])  # noqa: E731
    inputs = {"x": floats, "which": np.array([0, 1])}
    assert_no_leakage(model, masks, inputs)
    with pytest.raises(LeakageError, match=r"\(0, 1\) in row 0") as caught:
        check_leakage(model, masks[::-1], inputs)
    assert {pair.row for pair in caught.value.leaks} == {0, 1}
    assert "Query down, key across in row " in str(caught.value)


class Value:
    """As masks of `maskplay.masks` are: a value with a matrix."""

    def __init__(self, matrix):
        self.matrix = matrix

    def dense(self):
        return ops.convert_to_tensor(self.matrix)


def test_masks_as_values(floats):
    assert_no_leakage(average(CAUSAL), Value(CAUSAL[None]), floats)
    with pytest.raises(LeakageError):
        check_leakage(average(CAUSAL), Value(CAUSAL.T), floats)


def test_depth_widens_a_window():
    """Two layers of a window of two back are one of four back, in a network of two causal convolutions."""
    window = np.tril(np.ones((7, 7), bool)) & ~np.tril(np.ones((7, 7), bool), -3)
    convolutions = [layers.Conv1D(4, 3, padding="causal", activation="tanh") for _ in range(2)]
    model = settled(
        keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(11, 8), *convolutions])
    )
    assert_no_leakage(model, window, depth=2)  # inputs are made up
    with pytest.raises(LeakageError, match=r"forbids"):
        check_leakage(model, window)
    with pytest.raises(LeakageError, match=r"does not look where its mask allows it: 3 pairs"):
        check_leakage(model, window, depth=3)


def test_padding_is_not_judged(ids):
    """Attention without padding is bidirectional among what is kept; nothing is said of the rest."""
    inputs = keras.Input((None,), dtype="int32")
    x = embed()(inputs)
    model = settled(keras.Model(inputs, layers.MultiHeadAttention(2, 4)(x, x)))
    check_leakage(model, np.ones((7, 7), bool), ids)
    with pytest.raises(LeakageError) as caught:
        check_leakage(model, np.zeros((3, 7, 7), bool), ids)
    assert {(p.query, p.key) for p in caught.value.leaks if p.row == 2} == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_by_jacobian(floats):
    check_leakage(average(CAUSAL), CAUSAL, floats, method="jacobian", draws=1)
    with pytest.raises(LeakageError):
        check_leakage(average(CAUSAL), CAUSAL.T, floats, method="jacobian", draws=1)


def test_a_long_network_is_told_without_a_picture():
    x = np.random.default_rng(0).normal(size=(1, 53, 2))
    with pytest.raises(
        LeakageError, match=r"53 pairs .*\) and 45 more, first of them \(\d+, \d+\)\."
    ) as caught:
        check_leakage(lambda x: x * 1.0, ~np.eye(53, dtype=bool), x, unused=False, draws=1)
    assert "\n" not in str(caught.value)


def test_bad_masks_are_told(floats):
    model = average(CAUSAL)
    with pytest.raises(
        TypeError, match=r"An attention mask must be boolean, .* Received: float64. Compare it first"
    ):
        check_leakage(model, CAUSAL * 1.0, floats)
    with pytest.raises(
        ValueError, match=r"must have the shape \(query, key\) or .* Received: \(1, 1, 5, 5\)"
    ):
        check_leakage(model, CAUSAL[None, None], floats)
    with pytest.raises(ValueError, match=r"a row for each of 5 output positions and .* Received: \(4, 5\)"):
        check_leakage(model, CAUSAL[:4], floats)
    with pytest.raises(ValueError, match=r"for each of the 2 rows of the batch. Received: a mask for 3 rows"):
        check_leakage(model, np.stack([CAUSAL] * 3), floats)
    with pytest.raises(ValueError, match=r"This model does not tell what its inputs look like"):
        check_leakage(model, CAUSAL)
    with pytest.raises(ValueError, match=r"Only a square mask .* Received: shape \(4, 5\)"):
        check_leakage(model, CAUSAL[:4], floats, depth=2)
    with pytest.raises(ValueError, match=r"depth is the number of layers, 1 or more. Received: depth=0"):
        reach(CAUSAL, 0)


def brute_force(allowed: np.ndarray, depth: int, residual: bool) -> np.ndarray:
    """Who is reached by paths of `depth` steps."""
    length = len(allowed)
    found = np.zeros_like(allowed)
    for start in range(length):
        front = {start}
        for _ in range(depth):
            front = {k for q in front for k in range(length) if allowed[q, k] or (residual and q == k)}
        found[start, list(front)] = True
    return found


def test_reach_is_paths():
    rng = np.random.default_rng(0)
    for depth in (1, 2, 3, 5):
        for residual in (True, False):
            masks = rng.random((3, 7, 7)) < 0.25
            expected = np.stack([brute_force(mask, depth, residual) for mask in masks])
            np.testing.assert_array_equal(reach(masks, depth, residual=residual), expected)


def test_ordered_masks_reach_no_further():
    """Causal, prefix and packing are closed: depth changes nothing."""
    ranks, segments = np.array([0, 0, 1, 2, 0, 1]), np.array([0, 0, 0, 0, 1, 1])
    mask = (ranks[None] <= ranks[:, None]) & (segments[None] == segments[:, None])
    np.testing.assert_array_equal(reach(mask, 4), mask)


def test_the_picture_of_the_mask_is_that_of_the_network(floats):
    """What is found can be passed on as the mask of the same network."""
    allowed = np.random.default_rng(3).random((5, 5)) < 0.5
    found = dependencies(average(allowed), floats)
    check_leakage(average(allowed), found.matrix, floats)
