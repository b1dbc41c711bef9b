"""Layer normalization of JAX that keeps little for its gradient."""

from functools import partial
from typing import Any

import jax
from jax import lax
from jax import numpy as jnp


@partial(jax.custom_jvp, nondiff_argnums=(3,))
def normalized(x: Any, scale: Any, center: Any, epsilon: float) -> Any:
    """Bring the mean of the last axis to 0 and its variance to 1, then multiply and add (Ba et al. 2016).

    For a gradient XLA would write six matrices of the input's size to memory, most of them one number of a row or of a
    channel over and over: sums go to YNNPACK, and all that they are given is written before. Products with ones are
    sums over a row, too, and leave what is normalized and one number of each row to be kept.

    Args:
        x: `(..., channels)`.
        scale: `(channels,)`.
        center: `(channels,)`.
        epsilon: added to the variance.
    """
    distance = x - x.mean(axis=-1, keepdims=True)
    variance = (distance * distance).mean(axis=-1, keepdims=True)
    return distance * lax.rsqrt(variance + epsilon) * scale + center


@normalized.defjvp
def _towards(epsilon: float, at: Any, towards: Any) -> Any:
    x, scale, center = at
    dx, dscale, dcenter = towards
    distance = x - _mean(x)
    inverse = lax.rsqrt(_mean(distance * distance) + epsilon)
    y, dx = distance * inverse, dx * inverse
    moved = scale * dx - _mean(dx) @ scale[None] - y * (_mean(y * dx) @ scale[None])
    # Back, these two are sums over all rows, and stay sums: they end a fusion. By products as above XLA would compute
    # the gradient of each layer again in all that lie before it.
    return y * scale + center, moved + y * dscale + dcenter


def _mean(x: Any) -> Any:
    channels = x.shape[-1]
    return x @ jnp.full((channels, 1), 1 / channels, x.dtype)
