"""Every function over kept entries, against NumPy on the kept entries alone."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from maskplay import masks

ORACLES = {
    "masked_sum": np.sum,
    "masked_mean": np.mean,
    "masked_max": np.max,
    "masked_min": np.min,
    "masked_variance": np.var,
    "masked_logsumexp": lambda x: np.log(np.sum(np.exp(x))),
}
EMPTY = dict.fromkeys(ORACLES, 0.0) | {"masked_logsumexp": -np.inf}
DTYPES = ["float32", "bfloat16", "float16"]
# Half a unit in the last place of values up to 8, and a little for the order of the sum.
TOLERANCE = {"float32": 1e-5, "bfloat16": 0.05, "float16": 5e-3}
reductions = pytest.mark.parametrize("name", sorted(ORACLES))
half_precisions = pytest.mark.parametrize("dtype", DTYPES)


def numpy_of(tensor) -> np.ndarray:
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


def by_hand(name: str, x: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The reduction of `(batch, length, dim)` over its length, one row after the other."""
    out = np.full((x.shape[0], x.shape[2]), EMPTY[name])
    for i, j in np.ndindex(out.shape):
        if mask[i].any():
            out[i, j] = ORACLES[name](x[i, mask[i], j])
    return out


def sample(seed: int = 0, batch: int = 5, length: int = 7, dim: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    mask = rng.random((batch, length)) < 0.5
    mask[0], mask[1] = False, True
    return rng.normal(size=(batch, length, dim)).astype("float32"), mask


@reductions
@half_precisions
def test_equals_numpy_on_the_kept_entries(name, dtype):
    x, mask = sample()
    y = getattr(masks, name)(ops.convert_to_tensor(x, dtype), mask)
    assert keras.backend.standardize_dtype(y.dtype) == dtype
    np.testing.assert_allclose(numpy_of(y), by_hand(name, x, mask), atol=TOLERANCE[dtype])


@reductions
@given(st.integers(0, 2**32 - 1), st.sampled_from([(1, 1, 1), (3, 11, 2)]))
@settings(max_examples=15, deadline=None)
def test_equals_numpy_for_any_mask(name, seed, shape):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape).astype("float32")
    mask = rng.random(shape[:2]) < rng.random()
    y = numpy_of(getattr(masks, name)(x, mask))
    np.testing.assert_allclose(y, by_hand(name, x, mask), atol=1e-4)


@reductions
@pytest.mark.parametrize("junk", [np.nan, -np.inf, 1e38])
def test_what_is_not_kept_may_hold_anything(name, junk, gradient):
    x, mask = sample()
    dirty = np.where(mask[:, :, None], x, np.float32(junk))
    reduce = getattr(masks, name)
    np.testing.assert_array_equal(numpy_of(reduce(dirty, mask)), numpy_of(reduce(x * mask[:, :, None], mask)))
    slope = gradient(lambda x: reduce(x, mask), dirty)
    assert np.isfinite(slope).all()
    assert not slope[~mask].any()


@reductions
@half_precisions
def test_a_fully_masked_row_is_defined_forward_and_backward(name, dtype, gradient, compiled):
    x, _ = sample()
    mask = np.zeros(x.shape[:2], bool)
    reduce = getattr(masks, name)
    y = numpy_of(compiled(lambda x: reduce(x, mask))(ops.convert_to_tensor(x, dtype)))
    np.testing.assert_array_equal(y, np.full((5, 3), EMPTY[name]))
    np.testing.assert_array_equal(gradient(lambda x: reduce(x, mask), x, dtype), np.zeros_like(x))


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="the checker of NaN is JAX's")
@reductions
def test_no_nan_even_on_the_way(name, gradient):
    import jax

    x, _ = sample()
    with jax.debug_nans(True):
        gradient(lambda x: getattr(masks, name)(x, np.zeros(x.shape[:2], bool)), x)
        gradient(lambda x: masks.masked_softmax(x, np.zeros(x.shape[:2], bool)), x)


@reductions
def test_gradient_equals_differences(name, gradient):
    x, mask = sample(seed=3)
    reduce = getattr(masks, name)
    slope = gradient(lambda x: reduce(x, mask), x)
    for position in [(1, 2, 0), (2, 3, 1), (4, 6, 2)]:
        step = np.zeros_like(x)
        step[position] = 1e-2
        total = [np.where(mask.any(1)[:, None], by_hand(name, x + s, mask), 0).sum() for s in (step, -step)]
        np.testing.assert_allclose(slope[position], (total[0] - total[1]) / 2e-2, atol=1e-3)


@reductions
def test_no_mask_keeps_everything(name):
    x, _ = sample()
    reduce = getattr(masks, name)
    np.testing.assert_allclose(
        numpy_of(reduce(x, None)), by_hand(name, x, np.ones(x.shape[:2], bool)), atol=1e-5
    )


@reductions
def test_any_axis_and_several(name):
    x, _ = sample()
    reduce = getattr(masks, name)
    mask = np.random.default_rng(1).random(x.shape) < 0.7
    for axis in [0, 2, -2]:
        kept = np.moveaxis(mask, axis, -1).reshape(-1, x.shape[axis])
        rows = np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])
        expected = [ORACLES[name](r[k]) if k.any() else EMPTY[name] for r, k in zip(rows, kept, strict=True)]
        np.testing.assert_allclose(numpy_of(reduce(x, mask, axis=axis)).ravel(), expected, atol=1e-5)
    y = reduce(x, mask, axis=(1, 2), keepdims=True)
    assert tuple(y.shape) == (5, 1, 1)
    np.testing.assert_allclose(
        numpy_of(y).ravel(), [ORACLES[name](r[k]) for r, k in zip(x, mask, strict=True)], atol=1e-5
    )


@reductions
def test_a_mask_of_length_one_counts_for_the_whole_axis(name):
    x, _ = sample()
    reduce = getattr(masks, name)
    rows = np.array([True, False, True, True, False])
    np.testing.assert_allclose(
        numpy_of(reduce(x, rows[:, None])), by_hand(name, x, np.repeat(rows[:, None], 7, 1)), atol=1e-5
    )


@reductions
def test_symbolic_with_unknown_length(name):
    x = keras.Input((None, 3))
    mask = keras.Input((None,), dtype="bool")
    y = getattr(masks, name)(x, mask)
    assert y.shape == (None, 3)
    values, kept = sample()
    np.testing.assert_allclose(
        numpy_of(keras.Model([x, mask], y)([values, kept])), by_hand(name, values, kept), atol=1e-5
    )


def test_half_precision_is_summed_in_float32():
    # In float16 a running sum of ones stays at 2048, and the square of 540 is infinite.
    ones = ops.ones((1, 5003, 1), "float16")
    assert float(masks.masked_mean(ones, None)[0, 0]) == 1
    assert float(masks.masked_sum(ones, None)[0, 0]) == 5004  # 5003, to the nearest float16
    distant = ops.convert_to_tensor([[0.0] * 9 + [600.0]], "float16")
    assert float(masks.masked_variance(distant, None)[0]) == 32400


def test_integers():
    x = np.array([[3, -5, 7], [1, 2, 4]], "int32")
    mask = np.array([[True, True, False], [False] * 3])
    assert ops.convert_to_numpy(masks.masked_sum(x, mask)).tolist() == [-2, 0]
    assert ops.convert_to_numpy(masks.masked_max(x, mask)).tolist() == [3, 0]
    assert ops.convert_to_numpy(masks.masked_min(x, mask)).tolist() == [-5, 0]
    assert ops.convert_to_numpy(masks.masked_mean(x, mask)).tolist() == [-1, 0]
    assert keras.backend.standardize_dtype(masks.masked_max(x, mask).dtype) == "int32"
    assert keras.backend.standardize_dtype(masks.masked_mean(x, mask).dtype) == "float32"


@reductions
def test_an_axis_of_length_zero_is_an_empty_row(name):
    y = getattr(masks, name)(np.zeros((2, 0, 3), "float32"), np.zeros((2, 0), bool))
    np.testing.assert_array_equal(numpy_of(y), np.full((2, 3), EMPTY[name]))


FUNCTIONS = [*sorted(ORACLES), "masked_softmax", "reverse_kept"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_cannot_be_a_mask_is_refused(name):
    x, mask = sample()
    function = getattr(masks, name)
    with pytest.raises(TypeError, match=r"boolean, True = keep. Received: mask of dtype float32"):
        function(x, mask.astype("float32"))
    with pytest.raises(ValueError, match=r"must reach axis 1. Received: mask of shape \(5,\)"):
        function(x, mask[:, 0])
    with pytest.raises(
        ValueError, match=r"1 or as long as that of the tensor. Received: mask of shape \(5, 6\)"
    ):
        function(x, mask[:, :6])
    with pytest.raises(ValueError, match=r"rank 3, from -3 to 2. Received: axis=3"):
        function(x, mask, axis=3)
