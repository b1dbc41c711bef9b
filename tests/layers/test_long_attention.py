"""Long attention head by head says what the backend's attention of all heads says."""

from functools import partial

import keras
import numpy as np
import pytest
from keras import ops

from maskplay import masks
from maskplay.layers import SelfAttention
from maskplay.layers._attend import attend
from maskplay.layers._dense_attention import dense_attention
from maskplay.layers._dropout import Dropout
from maskplay.layers._mask_argument import Seen

LENGTH = 131
RNG = np.random.default_rng(3)
HIDDEN = np.arange(LENGTH) < np.array([[LENGTH], [40]])
MASKS = {
    "everything": masks.bidirectional(LENGTH),
    "padding": masks.padding(HIDDEN),
    "causal": masks.causal(LENGTH),
    "both": masks.causal(LENGTH) & masks.padding(HIDDEN),
    "packed": masks.packed(np.arange(LENGTH) // 50),
    "some see nothing": masks.causal(LENGTH) & ~masks.padding(np.arange(LENGTH) < 9),
    "nobody": masks.padding(np.zeros((2, LENGTH), bool)),
}


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("heads", [3, 4])
def test_it_is_attention_spelled_out(name, heads, monkeypatch):
    if keras.backend.backend() == "jax":  # three heads go by themselves then, of four two together
        monkeypatch.setattr("maskplay.masks.lowering.head_by_head._SCORES", 2 * LENGTH**2)
    query, key, value = (
        ops.convert_to_tensor(RNG.normal(size=(2, LENGTH, heads, 5)).astype("float32")) for _ in range(3)
    )
    lowered = MASKS[name].lower()
    for scale in (5**-0.5, 0.3):
        turned = query * (scale * 5**0.5)
        wanted = ops.convert_to_numpy(dense_attention(turned, key, value, MASKS[name].dense()))
        of_masks = masks.attention(query, key, value, lowered, scale=scale)
        for found in (of_masks, attend(turned, key, value, Seen(lowered))):
            np.testing.assert_allclose(ops.convert_to_numpy(found), wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="taken gradients of by JAX")
def test_what_neither_sees_nor_is_seen_may_hold_anything():
    import jax

    seen = masks.padding(HIDDEN) & masks.padding(HIDDEN).T
    x = RNG.normal(size=(2, LENGTH, 3, 5)).astype("float32")
    spoilt = np.where(HIDDEN[..., None, None], x, np.nan)

    def total(x):
        return ops.sum(ops.sin(masks.attention(x, x, x, seen)))

    assert masks.attention(spoilt, spoilt, spoilt, seen)[1, 40:].sum() == 0
    np.testing.assert_allclose(
        jax.grad(total)(spoilt), np.where(HIDDEN[..., None, None], jax.grad(total)(x), 0), atol=1e-5
    )


def test_it_is_explained():
    """For many queries, of JAX on a CPU alone; a matrix is told where not everybody sees everybody."""
    told = "float32 without a bias: some heads at a time, whose scores stay in the cache"
    assert masks.bidirectional(128).explain("jax", "cpu").instead == told
    assert f"instead  {told}, told the matrix\n" in str(masks.causal(128).explain("jax", "cpu"))
    unknown = masks.padding(keras.Input((None,), dtype="bool"))
    assert "from 128 queries on" in unknown.explain("jax", "cpu").instead
    for mask, *where in (
        (masks.causal(127), "jax", "cpu"),
        (masks.causal(128), "jax", "gpu"),
        (masks.causal(128), "torch", "cpu"),
        (~masks.bidirectional(128), "jax", "cpu"),
    ):
        assert mask.explain(*where).instead is None
        assert "instead" not in str(mask.explain(*where))


def test_padding_may_hold_anything():
    layer = SelfAttention(6, 2)
    x = RNG.normal(size=(2, LENGTH, 6)).astype("float32")
    spoilt = np.where(HIDDEN[..., None], x, np.nan)
    found, wanted = (ops.convert_to_numpy(layer(one, mask=HIDDEN)) for one in (spoilt, x))
    np.testing.assert_allclose(found[HIDDEN], wanted[HIDDEN], rtol=1e-5, atol=1e-5)


def test_gradients_are_finite_where_nothing_is_seen():
    x = (RNG.normal(size=(2, LENGTH, 6)) * 100).astype("float32")  # exp of such scores would be infinite
    inputs = keras.Input((LENGTH, 6))
    seen = masks.causal(LENGTH) & masks.padding(np.arange(LENGTH) > 9)
    model = keras.Model(inputs, SelfAttention(6, 2)(inputs, mask=seen))
    model.compile("sgd", "mse")
    model.fit(x, x, verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="head by head is for JAX")
@pytest.mark.parametrize("name", ["everything", "both", "some see nothing"])
def test_dropped_weights_are_those_of_attention_spelled_out(name):
    import jax

    from maskplay.layers._bernoulli import bernoulli

    at = tuple(RNG.normal(size=(2, LENGTH, 3, 5)).astype("float32") for _ in range(3))
    seen, seed = Seen(MASKS[name].lower()), Dropout(0.3, seed=7).seed_generator.next()
    keep = np.array([bernoulli(seed, 0.7, (3, LENGTH, LENGTH), row) for row in range(2)])

    def found(*at):
        return attend(*at, seen, Dropout(0.3, seed=7))

    def wanted(*at):
        return dense_attention(*at, seen.pairs, drop=lambda weights: weights * keep / 0.7)

    close = partial(np.testing.assert_allclose, rtol=1e-4, atol=1e-5)
    close(found(*at), wanted(*at))
    gradients = (jax.grad(lambda *at, f=f: ops.sum(ops.sin(f(*at))), (0, 1, 2))(*at) for f in (found, wanted))
    for one, other in zip(*gradients, strict=True):
        close(one, other)
