"""The exact GELU and its derivatives are those of Keras."""

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.layers._activation import activation

X = (
    np.concatenate([np.random.default_rng(0).normal(scale=2, size=9), [0, -5, 8]])
    .reshape(3, 4)
    .astype("float32")
)


def theirs(x):
    return keras.activations.gelu(x, approximate=False)


def test_it_is_that_of_keras():
    x = np.concatenate([X.ravel(), [-3, 20, -20]]).astype("float32")
    found, wanted = (ops.convert_to_numpy(f(ops.convert_to_tensor(x))) for f in (activation("gelu"), theirs))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="elsewhere it is the backend's")
@pytest.mark.parametrize(("dtype", "last_bit"), [("bfloat16", 2**-8), ("float16", 2**-11)])
def test_in_half_precision_it_is_rounded_once(dtype, last_bit):
    x = ops.cast(np.concatenate([X.ravel(), [-3, 20, -20]]), dtype)
    found, wanted = activation("gelu")(x), theirs(ops.cast(x, "float32"))
    assert found.dtype == dtype
    np.testing.assert_allclose(ops.cast(found, "float32"), wanted, rtol=last_bit, atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="the derivatives are JAX's")
@pytest.mark.parametrize("order", ["grad", "hessian", "jacfwd", "twice backwards"])
def test_first_and_second_derivatives(order):
    import jax

    derive = {
        "grad": jax.grad,
        "hessian": jax.hessian,
        "jacfwd": jax.jacfwd,
        "twice backwards": lambda f: jax.jacrev(jax.jacrev(f)),
    }[order]
    found, wanted = (derive(lambda x, f=f: ops.sum(ops.sin(f(x))))(X) for f in (activation("gelu"), theirs))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="the derivatives are JAX's")
def test_the_slope_in_half_precision_is_that_of_single():
    import jax

    slope = jax.grad(lambda x: ops.sum(ops.cast(activation("gelu")(x), "float32")))
    x = ops.cast(X, "bfloat16")
    found, wanted = slope(x), slope(ops.cast(x, "float32"))
    np.testing.assert_allclose(ops.cast(found, "float32"), wanted, rtol=2**-7, atol=1e-6)
