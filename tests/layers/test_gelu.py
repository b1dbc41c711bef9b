"""The exact GELU and its derivatives of every order are those of Keras."""

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.layers._activation import activation

X = np.random.default_rng(0).normal(scale=2, size=(3, 4)).astype("float32")


def theirs(x):
    return keras.activations.gelu(x, approximate=False)


def test_it_is_that_of_keras():
    x = np.concatenate([X.ravel(), [0, 20, -20]]).astype("float32")
    found, wanted = (ops.convert_to_numpy(f(ops.convert_to_tensor(x))) for f in (activation("gelu"), theirs))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="the derivatives are JAX's")
@pytest.mark.parametrize("order", ["grad", "hessian", "jacfwd", "twice backwards"])
def test_derivatives_of_every_order(order):
    import jax

    derive = {
        "grad": jax.grad,
        "hessian": jax.hessian,
        "jacfwd": jax.jacfwd,
        "twice backwards": lambda f: jax.jacrev(jax.jacrev(f)),
    }[order]
    found, wanted = (derive(lambda x, f=f: ops.sum(ops.sin(f(x))))(X) for f in (activation("gelu"), theirs))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
