"""Reversal of the kept part of each row."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from maskplay.masks import reverse_kept


def by_hand(x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    out = x.copy()
    for target, row, kept in zip(out, x, mask, strict=True):
        target[kept] = row[kept][::-1]
    return out


@given(st.integers(0, 2**32 - 1), st.sampled_from([(1, 1, 1), (3, 11, 2)]))
@settings(max_examples=40, deadline=None)
def test_equals_numpy_for_any_pattern_and_is_its_own_inverse(seed, shape):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape).astype("float32")
    mask = rng.random(shape[:2]) < rng.random()
    y = reverse_kept(x, mask)
    np.testing.assert_array_equal(ops.convert_to_numpy(y), by_hand(x, mask))
    np.testing.assert_array_equal(ops.convert_to_numpy(reverse_kept(y, mask)), x)


def test_other_axes_and_no_mask():
    x = np.arange(30).reshape(2, 3, 5)
    mask = np.array([True, True, False, True, True])
    y = ops.convert_to_numpy(reverse_kept(x, mask[None, None], axis=-1))
    np.testing.assert_array_equal(y, x[:, :, [4, 3, 2, 1, 0]])
    np.testing.assert_array_equal(ops.convert_to_numpy(reverse_kept(x, None, axis=1)), x[:, ::-1])
    np.testing.assert_array_equal(ops.convert_to_numpy(reverse_kept(x, None, axis=0)), x[::-1])


def test_gradient_flows_back_along_the_same_path(gradient, compiled):
    x = np.arange(10, dtype="float32").reshape(2, 5, 1)
    mask = np.array([[True, True, True, False, False], [False, True, False, True, True]])
    weights = np.arange(1, 11, dtype="float32").reshape(2, 5, 1)
    slope = gradient(lambda x: ops.multiply(reverse_kept(x, mask), weights), x)
    np.testing.assert_array_equal(slope, by_hand(weights, mask))
    np.testing.assert_array_equal(
        ops.convert_to_numpy(compiled(lambda x: reverse_kept(x, mask))(x)), by_hand(x, mask)
    )


def test_symbolic_with_unknown_length():
    x, mask = keras.Input((None, 3)), keras.Input((None,), dtype="bool")
    y = reverse_kept(x, mask)
    assert y.shape == (None, None, 3)
    values = np.random.default_rng(0).normal(size=(2, 7, 3)).astype("float32")
    kept = np.array([[True] * 4 + [False] * 3, [True, False, True, False, True, False, True]])
    np.testing.assert_array_equal(
        ops.convert_to_numpy(keras.Model([x, mask], y)([values, kept])), by_hand(values, kept)
    )


def test_an_empty_row_and_an_empty_axis():
    x = np.arange(3)[None]
    np.testing.assert_array_equal(ops.convert_to_numpy(reverse_kept(x, np.zeros((1, 3), bool))), x)
    assert tuple(reverse_kept(np.zeros((2, 0)), np.zeros((2, 0), bool)).shape) == (2, 0)


def test_only_one_axis():
    with pytest.raises(TypeError, match=r"axis must be one integer. Received: axis=\(0, 1\)"):
        reverse_kept(np.zeros((2, 3)), None, axis=(0, 1))
