"""Products, their gradients of every order, and biases are those of `ops.matmul` on every backend."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from maskplay.layers._dense import Dense
from maskplay.layers._product import product

on_jax = pytest.mark.skipif(keras.backend.backend() != "jax", reason="the derivatives are JAX's")


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=3), st.integers(1, 9), st.integers(1, 9), st.booleans()
)
def test_it_is_the_product_and_the_bias(batch, dim, units, biased):
    x, kernel, bias = drawn(*batch, dim), drawn(dim, units, seed=1), drawn(units, seed=2)
    found = ops.convert_to_numpy(product(x, kernel, bias if biased else None))
    np.testing.assert_allclose(found, x @ kernel + bias * biased, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_other_numbers_stay_what_they_are(dtype):
    x, kernel = (ops.cast(drawn(4, 4, seed=seed), dtype) for seed in (0, 1))
    found = product(x, kernel)
    assert keras.backend.standardize_dtype(found.dtype) == dtype
    wanted = ops.convert_to_numpy(ops.cast(ops.matmul(x, kernel), "float32"))
    np.testing.assert_allclose(ops.convert_to_numpy(ops.cast(found, "float32")), wanted, rtol=0.02, atol=0.02)


@on_jax
@pytest.mark.parametrize("order", ["grad", "hessian", "jacfwd", "twice backwards"])
def test_derivatives_of_every_order(order):
    import jax

    derive = {
        "grad": lambda f: jax.grad(f, (0, 1, 2)),
        "hessian": lambda f: jax.hessian(f, (0, 1, 2)),
        "jacfwd": lambda f: jax.jacfwd(f, (0, 1, 2)),
        "twice backwards": lambda f: jax.jacrev(jax.jacrev(f, (0, 1, 2)), (0, 1, 2)),
    }[order]
    at = drawn(2, 5, 3), drawn(3, 4, seed=1), drawn(4, seed=2)
    found = derive(lambda *xs: ops.sum(ops.sin(product(*xs))))(*at)
    wanted = derive(lambda x, kernel, bias: ops.sum(ops.sin(x @ kernel + bias)))(*at)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@on_jax
def test_it_may_be_mapped():
    import jax

    x, kernels = drawn(2, 5, 3), drawn(2, 3, 4, seed=1)
    np.testing.assert_allclose(jax.vmap(product)(x, kernels), x @ kernels, rtol=1e-5, atol=1e-5)


def test_a_layer_of_it_is_a_dense_layer():
    ours, theirs = Dense(4, "tanh"), keras.layers.Dense(4, "tanh")
    x = drawn(2, 5, 3)
    ours.build(x.shape)
    theirs.build(x.shape)
    theirs.set_weights([drawn(3, 4, seed=1), drawn(4, seed=2)])
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(
        *(ops.convert_to_numpy(layer(x)) for layer in (ours, theirs)), rtol=1e-5, atol=1e-6
    )


def test_a_layer_of_it_is_trained_for_any_batch(tmp_path):
    model = keras.Sequential([keras.Input((None, 3)), Dense(4)])
    model.compile("sgd", "mse")
    model.fit(drawn(5, 7, 3), drawn(5, 7, 4), batch_size=2, verbose=0)
    model.save(tmp_path / "dense.keras")
    again = keras.models.load_model(tmp_path / "dense.keras")
    x = drawn(1, 2, 3)
    np.testing.assert_array_equal(*(ops.convert_to_numpy(m(x)) for m in (model, again)))
