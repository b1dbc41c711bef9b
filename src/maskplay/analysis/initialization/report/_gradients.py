"""Gradients of a function of tensors and of a model's variables, on every backend of Keras."""

from collections.abc import Callable, Sequence
from typing import Any

import keras


def gradients(
    function: Callable[[Sequence[Any]], tuple[Any, Any]], tensors: Sequence[Any], variables: Sequence[Any]
) -> tuple[Any, list[Any], list[Any]]:
    """Differentiate a function by its tensors and by variables, in one forward and one backward pass.

    Nothing that the function does to variables (moving averages, seeds) stays.

    Args:
        function: of the tensors; gives a scalar, and anything made of tensors.
        tensors: where to differentiate.
        variables: Keras variables that the function reads.

    Returns:
        What the function gave besides, and the gradients: None, or zeros, where there are none.

    Raises:
        NotImplementedError: the backend has no gradients.
    """
    backend = keras.backend.backend()
    if backend == "jax":
        return _jax(function, tensors, variables)
    if backend == "torch":
        return _torch(function, tensors, variables)
    if backend == "tensorflow":
        return _tensorflow(function, tensors, variables)
    raise NotImplementedError(f"Gradients need JAX, PyTorch or TensorFlow. Received: the backend {backend!r}")


def _jax(function: Callable, tensors: Sequence[Any], variables: Sequence[Any]) -> tuple[Any, list, list]:
    import jax

    def stateless(taps: Any, values: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(taps)

    values = [variable.value for variable in variables]
    loss, back, aside = jax.vjp(stateless, list(tensors), values, has_aux=True)
    by_tensor, by_variable = back(jax.numpy.ones_like(loss))
    return aside, by_tensor, by_variable


def _torch(function: Callable, tensors: Sequence[Any], variables: Sequence[Any]) -> tuple[Any, list, list]:
    import torch

    taps = [x.detach().clone().requires_grad_(True) for x in tensors]
    values = [variable.value for variable in variables]
    with torch.enable_grad(), keras.StatelessScope():
        loss, aside = function(taps)
    wanted = [x for x in [*taps, *values] if x.requires_grad]
    if not loss.requires_grad:
        return aside, [None] * len(taps), [None] * len(values)
    found = dict(zip(map(id, wanted), torch.autograd.grad(loss, wanted, allow_unused=True), strict=True))
    return aside, [found.get(id(x)) for x in taps], [found.get(id(x)) for x in values]


def _tensorflow(
    function: Callable, tensors: Sequence[Any], variables: Sequence[Any]
) -> tuple[Any, list, list]:
    import tensorflow as tf

    values = [variable.value for variable in variables]
    with tf.GradientTape() as tape, keras.StatelessScope():
        tape.watch(list(tensors))
        loss, aside = function(tensors)
    found = tape.gradient(loss, [*tensors, *values])
    found = [None if x is None else tf.convert_to_tensor(x) for x in found]
    return aside, found[: len(tensors)], found[len(tensors) :]


def shapes_only(function: Callable[[Any], None], inputs: Any) -> None:
    """Run a function for what it notes of shapes and types: without computing, where the backend can."""
    backend = keras.backend.backend()
    with keras.StatelessScope():
        if backend == "jax":
            import jax

            def noted(x: Any) -> int:
                function(x)
                return 0

            jax.eval_shape(noted, inputs)
        elif backend == "torch":
            import torch

            with torch.no_grad():
                function(inputs)
        else:
            function(inputs)


def under_transformation(reference: Any, tensors: Sequence[Any]) -> bool:
    """Whether JAX sees tensors inside of a loop or another transformation that the reference is outside of."""
    if keras.backend.backend() != "jax":
        return False
    own = getattr(reference, "_trace", None)
    traces = [getattr(x, "_trace", None) for x in tensors]
    return any(trace is not None and trace is not own for trace in traces)
