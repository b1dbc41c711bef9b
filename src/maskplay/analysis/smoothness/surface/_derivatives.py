"""Value, gradient and curvature of a function of one vector, on every backend that has second derivatives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Protocol

import keras

Function = Callable[..., Any]
"""Of the vector `(size,)` and other arguments; gives a scalar tensor."""


class Derivatives(Protocol):
    """What a backend does with a function. All of them give tensors; `other` are the function's other arguments."""

    products_cost: float
    """Evaluations of the gradient that one product with the Hessian costs, where they share a linearization."""

    def value(self, theta: Any, *other: Any) -> Any:
        """The value."""

    def gradient(self, theta: Any, *other: Any) -> tuple[Any, Any]:
        """The value, and the gradient `(size,)`."""

    def curvature(self, theta: Any, *other: Any) -> Callable[[Any], Any]:
        """The product of the Hessian with a vector `(size,)`; the first pass is done once."""


def derivatives_of(function: Function) -> Derivatives:
    """The derivatives of a function on the backend in use.

    Raises:
        NotImplementedError: it has none.
    """
    backend = keras.backend.backend()
    kinds: dict[str, Callable[[Function], Derivatives]] = {
        "jax": _Jax,
        "torch": _Torch,
        "tensorflow": _TensorFlow,
    }
    if backend not in kinds:
        raise NotImplementedError(
            f"Curvature needs JAX, PyTorch or TensorFlow (KERAS_BACKEND=jax). Received: the backend {backend!r}"
        )
    return kinds[backend](function)


class _Jax:
    """Forward over reverse. A linearized gradient is two evaluations of the gradient in products of matrices."""

    products_cost = 2.0

    def __init__(self, function: Function) -> None:
        import jax

        def linearized(theta: Any, *other: Any) -> Any:
            return jax.linearize(lambda t: jax.grad(function)(t, *other), theta)[1]

        self.value = jax.jit(function)
        self.gradient = jax.jit(jax.value_and_grad(function))
        self._linearized = jax.jit(linearized)
        self._apply = jax.jit(lambda linear, v: linear(v))

    def curvature(self, theta: Any, *other: Any) -> Callable[[Any], Any]:
        linear = self._linearized(theta, *other)
        return lambda v: self._apply(linear, v)


class _Torch:
    """Reverse over reverse."""

    products_cost = 2.0

    def __init__(self, function: Function) -> None:
        self._function = function

    def value(self, theta: Any, *other: Any) -> Any:
        import torch

        with torch.no_grad():
            return self._function(theta, *other)

    def gradient(self, theta: Any, *other: Any) -> tuple[Any, Any]:
        value, gradient, _ = self._followed(theta, other, twice=False)
        return value.detach(), gradient.detach()

    def curvature(self, theta: Any, *other: Any) -> Callable[[Any], Any]:
        import torch

        _, gradient, leaf = self._followed(theta, other, twice=True)

        def product(v: Any) -> Any:
            if not gradient.requires_grad:  # linear in the weights
                return torch.zeros_like(leaf)
            found = torch.autograd.grad(gradient, leaf, v, retain_graph=True, allow_unused=True)[0]
            return torch.zeros_like(leaf) if found is None else found

        return product

    def _followed(self, theta: Any, other: tuple[Any, ...], twice: bool) -> tuple[Any, Any, Any]:
        import torch
        from torch.nn.attention import SDPBackend, sdpa_kernel

        leaf = theta.detach().clone().requires_grad_(True)
        # Of torch's fused attention only the way by matrices can be differentiated twice.
        attention = sdpa_kernel(SDPBackend.MATH) if twice else nullcontext()
        with torch.enable_grad(), attention:
            value = self._function(leaf, *other)
            if not value.requires_grad:
                return value, torch.zeros_like(leaf), leaf
            found = torch.autograd.grad(value, leaf, create_graph=twice, allow_unused=True)[0]
        return value, torch.zeros_like(leaf) if found is None else found, leaf


class _TensorFlow:
    """Reverse over reverse."""

    products_cost = 2.0

    def __init__(self, function: Function) -> None:
        self._function = function

    def value(self, theta: Any, *other: Any) -> Any:
        return self._function(theta, *other)

    def gradient(self, theta: Any, *other: Any) -> tuple[Any, Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(theta)
            value = self._function(theta, *other)
        return value, tape.gradient(value, theta, unconnected_gradients="zero")

    def curvature(self, theta: Any, *other: Any) -> Callable[[Any], Any]:
        import tensorflow as tf

        with tf.GradientTape(persistent=True) as outer, _whole_moments():
            outer.watch(theta)
            gradient = self.gradient(theta, *other)[1]

        def product(v: Any) -> Any:
            return outer.gradient(gradient, theta, output_gradients=v, unconnected_gradients="zero")

        return product


@contextmanager
def _whole_moments() -> Iterator[None]:
    """Let normalizations be differentiated twice: the variance of `tf.nn.moments` holds the mean fixed.

    That is right for the gradient, and leaves a part of the curvature out.
    """
    import tensorflow as tf

    def moments(x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
        mean = tf.reduce_mean(x, axes, keepdims=True)
        variance = tf.reduce_mean(tf.square(x - mean), axes, keepdims=True)
        return (mean, variance) if keepdims else (tf.squeeze(mean, axes), tf.squeeze(variance, axes))

    theirs, tf.nn.moments = tf.nn.moments, moments
    try:
        yield
    finally:
        tf.nn.moments = theirs
