"""Long attention, some heads at a time, says what the backend's attention of all heads says."""

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


TOGETHER = {3: 1, 4: 2}
"""Of so many heads so many go together, with the fixture `some_heads`."""


@pytest.fixture
def some_heads(monkeypatch):
    if keras.backend.backend() == "jax":
        monkeypatch.setattr("maskplay.masks.lowering.by_heads._SCORES", 2 * LENGTH**2)


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("heads", TOGETHER)
def test_it_is_attention_spelled_out(name, heads, some_heads):
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
    told = "float32 without a bias: some heads at a time, never the scores of all"
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


def dropped(seed, heads):
    """A layer's dropout of weights, `(2, heads, LENGTH, LENGTH)`: each part has a stream of its own."""
    from maskplay.layers._bernoulli import bernoulli

    together = TOGETHER[heads]
    parts = [bernoulli(seed, 0.7, (together, LENGTH, LENGTH), part) for part in range(2 * heads // together)]
    keep = np.reshape(parts, (2, heads, LENGTH, LENGTH)) / 0.7
    return lambda weights: weights * keep.astype("float32")


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="taken gradients of by JAX")
@pytest.mark.parametrize("drop", [True, False])
@pytest.mark.parametrize("heads", TOGETHER)
@pytest.mark.parametrize("name", MASKS)
def test_gradients_are_those_of_attention_spelled_out(name, heads, drop, some_heads):
    import jax

    at = tuple(RNG.normal(size=(2, LENGTH, heads, 5)).astype("float32") for _ in range(3))
    seen, seed = Seen(MASKS[name].lower()), Dropout(0.3, seed=7).seed_generator.next()
    drops = dropped(seed, heads) if drop else None

    def found(*at):
        return ops.sin(attend(*at, seen, Dropout(0.3, seed=7) if drop else None))

    def wanted(*at):
        return ops.sin(dense_attention(*at, seen.pairs, drop=drops))

    close = partial(np.testing.assert_allclose, rtol=1e-4, atol=1e-5)
    close(found(*at), wanted(*at))
    for moving in ((0, 1, 2), (2,)):
        gradients = (jax.grad(lambda *at, f=f: ops.sum(f(*at)), moving)(*at) for f in (found, wanted))
        for one, other in zip(*gradients, strict=True):
            close(one, other)
    for one, other in zip(jax.jvp(found, at, at[::-1]), jax.jvp(wanted, at, at[::-1]), strict=True):
        close(one, other)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="taken gradients of by JAX")
@pytest.mark.parametrize("drop", [True, False])
def test_curvature_is_that_of_attention_spelled_out(drop, some_heads):
    import jax

    at = tuple(RNG.normal(size=(2, LENGTH, 4, 5)).astype("float32") for _ in range(3))
    seen, seed = Seen(MASKS["both"].lower()), Dropout(0.3, seed=7).seed_generator.next()
    drops = dropped(seed, 4) if drop else None

    def found(*at):
        return ops.sum(ops.sin(attend(*at, seen, Dropout(0.3, seed=7) if drop else None)))

    def wanted(*at):
        return ops.sum(ops.sin(dense_attention(*at, seen.pairs, drop=drops)))

    one, other = (jax.jvp(jax.grad(f, (0, 1, 2)), at, at[::-1])[1] for f in (found, wanted))
    for x, y in zip(one, other, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("length", [5, LENGTH])
def test_a_batch_of_none_is_attended_to(length):
    nothing = ops.zeros((0, length, 2, 4))
    assert masks.attention(nothing, nothing, nothing, masks.causal(length)).shape == nothing.shape


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="asks JAX")
@pytest.mark.parametrize(("gradient", "lists"), [(False, 3.5), (True, 6)])
def test_the_scores_of_all_heads_are_never_in_memory(gradient, lists, monkeypatch):
    """There are queries, keys, values, what comes back for a gradient, and one head of scores, a quarter of a list."""
    import jax

    monkeypatch.setattr("maskplay.masks.lowering.by_heads._SCORES", 1)
    x = np.zeros((8, 256, 8, 16), "float32")
    lowered = masks.causal(256).lower()

    def attended(*at):
        return masks.attention(*at, lowered)

    def step(*at):
        return jax.grad(lambda *at: ops.sum(attended(*at) ** 2), (0, 1, 2))(*at)

    compiled = jax.jit(step if gradient else attended).lower(x, x, x).compile()
    # The scores of all heads were 16 lists.
    assert compiled.memory_analysis().temp_size_in_bytes < lists * x.nbytes
