"""The exact GELU on JAX."""

from typing import Any

import jax
from jax import numpy as jnp
from jax.scipy.special import erf


@jax.custom_jvp
def gelu(x: Any) -> Any:
    """Compute `x` times the share of a normal distribution below `x`.

    JAX would take the complement of the error function, and four times as long in a network.
    """
    wide = _wide(x)
    return (wide * (0.5 * (1 + erf(wide * 0.5**0.5)))).astype(x.dtype)


@gelu.defjvp
def _towards(at: Any, towards: Any) -> Any:
    (x,), (dx,) = at, towards
    wide = _wide(x)
    # The share once more, as one minus the share above: were it written as in `gelu`, XLA would take both for one, and
    # keep it in memory from there to the way back.
    below = 0.5 * (1 - erf(wide * -(0.5**0.5)))
    slope = below + wide * jnp.exp(-0.5 * wide * wide) * (0.5 / jnp.pi) ** 0.5
    return gelu(x), dx * slope.astype(x.dtype)


def _wide(x: Any) -> Any:
    """In float32 at least: where `x` is below zero, one plus the error function is a difference of near equals."""
    return x.astype(jnp.promote_types(x.dtype, "float32"))
