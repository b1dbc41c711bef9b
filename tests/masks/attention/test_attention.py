# ruff: noqa: E501 (tables of errors)
"""Attention under a mask: in networks and compiled functions, whatever padding holds, and refused where it does not fit."""

import keras
import numpy as np
import pytest
from keras import ops

from maskplay import masks

SEGMENTS = [[0, 0, 1, 1, 1], [0, 1, 1, 0, 0], [0, 0, 0, 1, 0]]


def tensors(batch=3, length=5, dtype="float32"):
    rng = np.random.default_rng(0)
    return [ops.cast(rng.normal(size=(batch, length, 2, 4)).astype("float32"), dtype) for _ in range(3)]


def numpy_of(tensor):
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


def test_lowered_once_it_serves_many_layers():
    mask = masks.prefix(SEGMENTS) & masks.padding(np.array(SEGMENTS) == 0)
    lowered = mask.lower()
    x = tensors()
    np.testing.assert_array_equal(numpy_of(masks.attention(*x, lowered)), numpy_of(masks.attention(*x, mask)))


@pytest.mark.parametrize("tensor", [np.asarray, ops.convert_to_tensor])
def test_padding_may_hold_anything(tensor, gradient):
    kept = np.array([[1, 1, 1, 1, 0], [1, 1, 0, 0, 0], [0, 1, 1, 0, 0]]) == 1
    mask = masks.causal(5) & masks.padding(tensor(kept))
    query, key, value = (numpy_of(x) for x in tensors())
    wanted = numpy_of(masks.attention(query, key, value, mask))
    dirty = [np.where(kept[:, :, None, None], x, np.nan).astype("float32") for x in (key, value)]
    np.testing.assert_array_equal(numpy_of(masks.attention(query, *dirty, mask)), wanted)
    assert (wanted[2, 0] == 0).all()
    slope = gradient(lambda q: masks.attention(q, *map(ops.convert_to_tensor, dirty), mask), query)
    assert np.isfinite(slope).all()
    assert np.abs(slope[0]).max() > 0


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_keeps_its_type_and_stays_near(dtype):
    mask = masks.causal(5) & masks.padding_from_lengths([5, 3, 0], 5)
    found = masks.attention(*tensors(dtype=dtype), mask)
    assert keras.backend.standardize_dtype(found.dtype) == dtype
    exact = numpy_of(masks.attention(*tensors(), mask))
    np.testing.assert_allclose(numpy_of(found), exact, atol=0.03)
    assert (numpy_of(found)[2] == 0).all()
    if keras.backend.backend() == "jax":  # compiled, a CPU has fewer products of float16
        import jax

        compiled = jax.jit(masks.attention)(*tensors(dtype=dtype), mask)
        np.testing.assert_allclose(numpy_of(compiled), exact, atol=0.03)


def test_a_scale_is_obeyed():
    query, key, value = tensors()
    mask = masks.causal(5)
    np.testing.assert_allclose(
        numpy_of(masks.attention(query * 3, key, value, mask)),
        numpy_of(masks.attention(query, key, value, mask, scale=1.5)),
        atol=1e-6,
    )


class Attending(keras.layers.Layer):
    """Attention of its input to itself."""

    def call(self, x, seen):
        heads = x[:, :, None, :]
        return masks.attention(heads, heads, heads, seen)[:, :, 0, :]


@pytest.mark.parametrize("length", [5, None])
def test_a_mask_goes_through_a_functional_model(length):
    x, ids = keras.Input((length, 4)), keras.Input((length,), dtype="int32")
    kept = keras.Input((length,), dtype="bool")
    seen = masks.prefix(ids) & masks.padding(kept)
    assert seen.shape == (None, length, length)
    model = keras.Model([x, ids, kept], Attending()(x, seen))
    values = np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")
    given = [values, np.array(SEGMENTS), np.arange(5) < np.array([[5], [4], [3]])]
    found = model.predict_on_batch(given)
    heads = values[:, :, None, :]
    wanted = masks.attention(heads, heads, heads, masks.prefix(given[1]) & masks.padding(given[2]))
    np.testing.assert_allclose(found, numpy_of(wanted)[:, :, 0], atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="trees of JAX")
def test_a_mask_is_an_argument_of_a_compiled_function():
    import jax

    traces = []

    @jax.jit
    def run(mask, x, start):
        traces.append(mask.description)
        return masks.attention(x[:, :1], x, x, mask.queries(start))

    x = tensors()[0]
    for ids in (SEGMENTS, SEGMENTS[::-1]):
        mask = masks.prefix(ids)
        for start in (0, 3):
            wanted = masks.attention(x[:, :1], x, x, mask.queries(start))
            np.testing.assert_allclose(run(mask, x, np.int32(start)), wanted, atol=1e-6)
    assert traces == ["prefix"]  # compiled once: numbers are arguments, only the form is fixed
    leaves, form = jax.tree.flatten(masks.prefix(SEGMENTS) & masks.causal(5))
    assert len(leaves) == 1
    assert jax.tree.unflatten(form, leaves) == masks.prefix(SEGMENTS) & masks.causal(5)


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        (lambda q, k, v: (q, k, v, masks.causal(4)), ValueError, "= (3, 5, 5). Received: a mask for (1, 4, 4): causal"),
        (lambda q, k, v: (q[:, :2], k, v, masks.causal(5)), ValueError, "= (3, 2, 5). Received: a mask for (1, 5, 5)"),
        (lambda q, k, v: (q, k, v, masks.prefix(SEGMENTS[:2])), ValueError, "= (3, 5, 5). Received: a mask for (2, 5, 5): prefix"),
        (lambda q, k, v: (q, k, v, None), TypeError, "masks.bidirectional(length) to see everything"),
        (lambda q, k, v: (q, k, v, np.ones((5, 5), bool)), TypeError, "masks.matrix(pairs) of a boolean matrix. Received: ndarray"),
        (lambda q, k, v: (q, k, v[:, :4], masks.causal(5)), ValueError, "key and value must have one shape"),
        (lambda q, k, v: (q[:2], k, v, masks.causal(5)), ValueError, "query the same batch, heads and dim"),
        (lambda q, k, v: (q[:, :, 0], k, v, masks.causal(5)), ValueError, "query must have the shape (batch, length, heads, dim). Received: (3, 5, 4)"),
        (lambda q, k, v: (ops.cast(q, "bfloat16"), k, v, masks.causal(5)), ValueError, "one type, of floating numbers; see keras.ops.cast. Received: query bfloat16, key float32"),
        (lambda q, k, v: (*(ops.cast(x, "int32") for x in (q, k, v)), masks.causal(5)), ValueError, "value int32"),
        (lambda q, k, v: (keras.Input((5, 2, 4)), k, v, masks.causal(5)), TypeError, "Call attention inside of a layer"),
    ],
)  # fmt: skip
def test_attention_refuses_what_it_cannot_honour(arguments, error, text):
    with pytest.raises(error) as caught:
        masks.attention(*arguments(*tensors()))
    assert text in str(caught.value)
