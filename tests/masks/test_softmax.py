"""Softmax over kept entries."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from maskplay.masks import masked_logsumexp, masked_softmax


def numpy_of(tensor) -> np.ndarray:
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


def by_hand(x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    out = np.zeros_like(x)
    for row, kept, target in zip(x, mask, out, strict=True):
        e = np.exp(row[kept] - (row[kept].max() if kept.any() else 0))
        target[kept] = e / e.sum()
    return out


@given(st.integers(0, 2**32 - 1), st.sampled_from([(1, 1), (3, 11)]), st.floats(0.1, 100))
@settings(max_examples=30, deadline=None)
def test_equals_numpy(seed, shape, scale):
    rng = np.random.default_rng(seed)
    x = (rng.normal(size=shape) * scale).astype("float32")
    mask = rng.random(shape) < rng.random()
    np.testing.assert_allclose(numpy_of(masked_softmax(x, mask)), by_hand(x, mask), atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_a_fully_masked_row_is_zero_forward_and_backward(dtype, gradient, compiled):
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "float32")
    mask = np.array([[False] * 3, [True, True, False]])
    y = compiled(lambda x: masked_softmax(x, mask))(ops.convert_to_tensor(x, dtype))
    assert keras.backend.standardize_dtype(y.dtype) == dtype
    np.testing.assert_allclose(numpy_of(y), [[0, 0, 0], [0.2689, 0.7311, 0]], atol=4e-3)
    slope = gradient(lambda x: masked_softmax(x, mask)[:, 0], x, dtype)
    np.testing.assert_allclose(slope, [[0, 0, 0], [0.1966, -0.1966, 0]], atol=4e-3)


@pytest.mark.parametrize("junk", [np.nan, np.inf])
def test_what_is_not_kept_may_hold_anything(junk, gradient):
    x = np.array([[1.0, 2.0, junk]], "float32")
    mask = np.array([[True, True, False]])
    np.testing.assert_allclose(numpy_of(masked_softmax(x, mask)), [[0.26894, 0.73106, 0]], atol=1e-5)
    assert np.isfinite(gradient(lambda x: masked_softmax(x, mask)[:, 0], x)).all()


def test_minus_infinity_counts_as_not_kept(gradient):
    x = np.array([[-np.inf, -np.inf], [-np.inf, 3.0]], "float32")
    np.testing.assert_array_equal(numpy_of(masked_softmax(x, None)), [[0, 0], [0, 1]])
    np.testing.assert_array_equal(numpy_of(masked_logsumexp(x, None)), [-np.inf, 3])
    assert np.isfinite(gradient(lambda x: masked_softmax(x, None)[:, 1], x)).all()
    assert np.isfinite(gradient(lambda x: masked_logsumexp(x, None), x)).all()


def test_a_softmax_over_two_axes_is_one_over_all_their_entries():
    x = np.random.default_rng(0).normal(size=(2, 3, 5)).astype("float32")
    mask = np.random.default_rng(1).random((2, 3, 5)) < 0.5
    y = numpy_of(masked_softmax(x, mask, axis=(1, 2)))
    np.testing.assert_allclose(y.reshape(2, 15), by_hand(x.reshape(2, 15), mask.reshape(2, 15)), atol=1e-6)


def test_large_scores_do_not_overflow():
    x = np.array([[6e4, 6e4, 0.0]])
    np.testing.assert_array_equal(
        numpy_of(masked_softmax(ops.convert_to_tensor(x, "float16"), None)), [[0.5, 0.5, 0]]
    )
    np.testing.assert_allclose(numpy_of(masked_logsumexp(np.array([[3e38, 3e38]], "float32"), None)), [3e38])


def test_logsumexp_of_logsumexps_is_that_of_all():
    x = np.random.default_rng(0).normal(size=(3, 7)).astype("float32")
    mask = np.array([[True] * 7, [False] * 4 + [True] * 3, [False] * 7])
    halves = ops.stack(
        [masked_logsumexp(x[:, :4], mask[:, :4]), masked_logsumexp(x[:, 4:], mask[:, 4:])], axis=1
    )
    np.testing.assert_allclose(
        numpy_of(masked_logsumexp(halves, None)), numpy_of(masked_logsumexp(x, mask)), rtol=1e-6
    )
