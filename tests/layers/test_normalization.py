"""Layer normalization and GELU, and their derivatives of every order, are those of Keras."""

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.layers._activation import activation
from maskplay.layers._layer_normalization import LayerNormalization

on_jax = pytest.mark.skipif(keras.backend.backend() != "jax", reason="the derivatives are JAX's")


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def layers(channels: int, **options) -> list[keras.layers.Layer]:
    """Ours and theirs, of the same weights."""
    both = [kind(epsilon=1e-6, **options) for kind in (LayerNormalization, keras.layers.LayerNormalization)]
    for layer in both:
        layer.build((None, None, channels))
    for i, (ours, theirs) in enumerate(zip(*(layer.variables for layer in both), strict=True)):
        ours.assign(drawn(channels, seed=i + 1))
        theirs.assign(drawn(channels, seed=i + 1))
    return both


@pytest.mark.parametrize("options", [{}, {"center": False}, {"scale": False}, {"dtype": "float16"}])
@pytest.mark.parametrize("shape", [(2, 5, 7), (0, 5, 7), (3, 1, 2)])
def test_it_is_the_layer_of_keras(options, shape):
    ours, theirs = (
        ops.convert_to_numpy(layer(3 + 2 * drawn(*shape))) for layer in layers(shape[-1], **options)
    )
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_other_axes_are_left_to_keras():
    x = drawn(2, 5, 7)
    ours, theirs = (kind(axis=(1, 2)) for kind in (LayerNormalization, keras.layers.LayerNormalization))
    np.testing.assert_allclose(ops.convert_to_numpy(ours(x)), ops.convert_to_numpy(theirs(x)), atol=1e-6)


def orders():
    import jax

    return {
        "grad": jax.grad,
        "hessian": jax.hessian,
        "jacfwd": jax.jacfwd,
        "twice backwards": lambda f, at: jax.jacrev(jax.jacrev(f, at), at),
    }


def check(ours, theirs, at, order):
    import jax

    places = tuple(range(len(at)))
    found, wanted = (
        jax.tree.leaves(orders()[order](lambda *xs, f=f: ops.sum(ops.sin(f(*xs))), places)(*at))
        for f in (ours, theirs)
    )
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


@on_jax
@pytest.mark.parametrize("order", ["grad", "hessian", "jacfwd", "twice backwards"])
def test_derivatives_of_normalization(order):
    from maskplay.layers._normalized import normalized

    def theirs(x, scale, center):
        return ops.layer_normalization(x, scale, center, axis=-1, epsilon=1e-6)

    check(lambda *xs: normalized(*xs, 1e-6), theirs, (drawn(3, 5), drawn(5, seed=1), drawn(5, seed=2)), order)


@on_jax
@pytest.mark.parametrize("order", ["grad", "hessian", "jacfwd", "twice backwards"])
def test_derivatives_of_gelu(order):
    check(activation("gelu"), lambda x: keras.activations.gelu(x, approximate=False), (drawn(3, 4),), order)


@on_jax
def test_a_gradient_keeps_what_is_normalized_and_little_else():
    import jax

    from maskplay.layers._normalized import normalized

    arrays = drawn(512, 256), drawn(256), drawn(256), drawn(512, 256)

    def memory(f):
        def step(*arrays):
            y, back = jax.vjp(f, *arrays[:3])
            return y, *back(arrays[3])

        return jax.jit(step).lower(*arrays).compile().memory_analysis().temp_size_in_bytes

    ours = memory(lambda *xs: normalized(*xs, 1e-6))
    theirs = memory(lambda *xs: ops.layer_normalization(*xs, axis=-1, epsilon=1e-6))
    assert ours < 1.1 * arrays[0].nbytes < theirs
