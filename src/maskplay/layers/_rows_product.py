"""A product of matrices on JAX that is quick on a CPU, there and back."""

from functools import partial
from typing import Any

import jax
from jax.custom_derivatives import SymbolicZero
from keras import ops


@jax.custom_jvp
def rows_product(rows: Any, kernel: Any) -> Any:
    """Multiply `(rows, input_dim)` with `(input_dim, output_dim)`.

    A convolution of width one over rows of length one is the same product, which Eigen computes and not YNNPACK: in
    three quarters of the time for a long text, in half of it for a few rows of a wide one. Its gradients would turn the
    rows over, and keep them in memory both ways. So they are those of a plain product: for the kernel's, Eigen reads
    the rows as they lie; the rows' is YNNPACK's, and takes no longer than a convolution with the kernel turned over.
    """
    return ops.conv(rows[:, None], kernel[None], data_format="channels_last")[:, 0]


@partial(rows_product.defjvp, symbolic_zeros=True)
def _towards(at: Any, towards: Any) -> Any:
    (rows, kernel), (drows, dkernel) = at, towards
    # What stays as it is, a frozen kernel above all, asks for no product.
    if isinstance(drows, SymbolicZero):
        return rows_product(rows, kernel), rows @ dkernel
    if isinstance(dkernel, SymbolicZero):
        return rows_product(rows, kernel), drows @ kernel
    return rows_product(rows, kernel), drows @ kernel + rows @ dkernel
