"""A product as a convolution of JAX."""

import math
from typing import Any

import jax
from jax import lax


@jax.custom_jvp
def convolved(x: Any, kernel: Any) -> Any:
    """Multiply `(..., input_dim)` by `(input_dim, output_dim)`."""
    rows = x.reshape(1, math.prod(x.shape[:-1]), x.shape[-1])
    form = ("NWC", "WIO", "NWC")
    y = lax.conv_general_dilated(rows, kernel[None], (1,), "VALID", dimension_numbers=form)
    return y.reshape(*x.shape[:-1], kernel.shape[-1])


@convolved.defjvp
def _towards(at: Any, towards: Any) -> Any:
    (x, kernel), (dx, dkernel) = at, towards
    # Left to itself, the kernel's gradient would be a convolution with windows as long as the text.
    return convolved(x, kernel), convolved(dx, kernel) + x @ dkernel
