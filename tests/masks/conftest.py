"""Gradients and compilation of whichever backend is at hand: the only place that names one."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import ops


@pytest.fixture
def gradient() -> Callable[[Callable, np.ndarray, str], np.ndarray]:
    """`gradient(f, x, dtype)`: the gradient at x of the sum of f(x)."""
    return {"jax": _jax_gradient, "torch": _torch_gradient, "tensorflow": _tf_gradient}[
        keras.backend.backend()
    ]


@pytest.fixture
def compiled() -> Callable[[Callable], Callable]:
    """`compiled(f)`: f under the compiler of the backend."""
    return {"jax": _jax_compiled, "torch": lambda f: f, "tensorflow": _tf_compiled}[keras.backend.backend()]


def _total(f: Callable, x):
    y = f(x)
    finite = ops.isfinite(y)
    return ops.sum(ops.where(finite, y, ops.zeros_like(y)))


def _jax_gradient(f, x, dtype="float32"):
    import jax

    return np.asarray(ops.cast(jax.grad(lambda x: _total(f, x))(ops.convert_to_tensor(x, dtype)), "float32"))


def _torch_gradient(f, x, dtype="float32"):
    tensor = ops.convert_to_tensor(x, dtype).detach().requires_grad_()
    _total(f, tensor).backward()
    return tensor.grad.float().numpy()


def _tf_gradient(f, x, dtype="float32"):
    import tensorflow as tf

    tensor = ops.convert_to_tensor(x, dtype)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        total = _total(f, tensor)
    return tf.cast(tf.convert_to_tensor(tape.gradient(total, tensor)), "float32").numpy()


def _jax_compiled(f):
    import jax

    return jax.jit(f)


def _tf_compiled(f):
    import tensorflow as tf

    return tf.function(f, jit_compile=True)
