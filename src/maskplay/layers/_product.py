"""The product of positions with a matrix of weights, and its bias, in the backend's fastest way."""

import math
from typing import Any

from keras import ops

from maskplay._on_cpu import on_cpu


def product(x: Any, kernel: Any, bias: Any = None) -> Any:
    """Compute `ops.matmul(x, kernel) + bias`.

    On a CPU, JAX 0.10 gives products of float32, and sums, to YNNPACK; `rows_product` and `biased` have quicker ways.

    Args:
        x: `(..., input_dim)`.
        kernel: `(input_dim, output_dim)`.
        bias: `(output_dim,)`, or none.

    Returns:
        `(..., output_dim)`.

    >>> product(ops.ones((2, 5, 3)), ops.ones((3, 4))).shape
    (2, 5, 4)
    """
    if not _is_for_eigen(x, kernel):
        y = ops.matmul(x, kernel)
        return y if bias is None else ops.add(y, bias)
    from maskplay.layers._rows_product import rows_product

    kernel = ops.convert_to_tensor(kernel)
    y = rows_product(ops.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1])), kernel)
    if bias is not None:
        from maskplay.layers._bias import biased

        y = biased(y, ops.convert_to_tensor(bias))
    return ops.reshape(y, (*x.shape[:-1], kernel.shape[-1]))


def _is_for_eigen(x: Any, kernel: Any) -> bool:
    return on_cpu() and all(str(part.dtype) == "float32" for part in (x, kernel)) and math.prod(x.shape) > 0
