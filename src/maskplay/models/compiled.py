"""A function of a network as one program of the backend."""

from collections.abc import Callable
from typing import Any

import keras


def compiled(network: keras.layers.Layer, function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that uses a network's weights, which may change between calls.

    On JAX the weights are arguments of the program; TensorFlow's functions look at variables anyway; PyTorch runs the
    function as it is, without keeping gradients.

    Args:
        network: built; all variables that the function uses are its own.
        function: of tensors, to tensors in any structure. It may use `keras.ops` loops.

    Returns:
        A function of the same arguments, which may also be arrays of NumPy. It is compiled once for each combination of
        shapes.
    """
    backend = keras.backend.backend()
    if backend == "jax":
        return _of_jax(network, function)
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.function(function, autograph=False, reduce_retracing=False)
    import torch

    run = torch.no_grad()(function)
    return lambda *arguments: run(*keras.tree.map_structure(keras.ops.convert_to_tensor, arguments))


def _of_jax(network: keras.layers.Layer, function: Callable[..., Any]) -> Callable[..., Any]:
    import jax

    variables = network.variables

    @jax.jit
    def program(values: list[Any], *arguments: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*arguments)

    return lambda *arguments: program([variable.value for variable in variables], *arguments)
