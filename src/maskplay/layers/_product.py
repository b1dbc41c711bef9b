"""The product of positions with a matrix of weights, in the backend's fastest way."""

import math
from typing import Any

import keras
from keras import ops


def product(x: Any, kernel: Any) -> Any:
    """Multiply as `ops.matmul(x, kernel)` does.

    On a CPU, JAX 0.10 gives products of float32 to YNNPACK. A convolution of width one is the same product, and becomes
    one of Eigen, which takes three quarters of the time for a long text, and half of it for a few rows of a wide one.

    Args:
        x: `(..., input_dim)`.
        kernel: `(input_dim, output_dim)`.

    Returns:
        `(..., output_dim)`.

    >>> product(ops.ones((2, 5, 3)), ops.ones((3, 4))).shape
    (2, 5, 4)
    """
    x, kernel = ops.convert_to_tensor(x), ops.convert_to_tensor(kernel)
    if not _convolves(x, kernel):
        return ops.matmul(x, kernel)
    from maskplay.layers._convolved import convolved

    return convolved(x, kernel)


def _convolves(x: Any, kernel: Any) -> bool:
    if keras.backend.backend() != "jax":
        return False
    import jax

    floats = all(isinstance(part, jax.Array) and part.dtype == "float32" for part in (x, kernel))
    return floats and jax.default_backend() == "cpu" and math.prod(x.shape) > 0
