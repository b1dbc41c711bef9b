"""Tosses of a coin on JAX, quick enough to be made again where they are needed again."""

import math
from typing import Any

from jax import lax
from jax import numpy as jnp


def bernoulli(seed: Any, probability: float, shape: tuple[int, ...], stream: Any = 0) -> Any:
    """Toss a coin for each place.

    Each place hashes its number with the seed: ten operations where the generators of JAX need a hundred, which took an
    eighth of a training step of BERT-base on a CPU. Nothing but dropout should rely on it.

    Args:
        seed: `(2,)`, uint32; see `keras.random.SeedGenerator`.
        probability: of True.
        shape: of the result; its first 2 ** 32 places get tosses of their own.
        stream: a whole number, may be a tensor; each has other tosses.

    Returns:
        Booleans.
    """
    places = lax.iota("uint32", math.prod(shape)).reshape(shape)
    first = _mixed(seed[0] + _mixed(jnp.asarray(stream).astype("uint32") + jnp.uint32(0x9E3779B9)))
    second = _mixed(seed[1] ^ _mixed(first))
    return _mixed(places ^ first, second) >= jnp.uint32(min(round((1 - probability) * 2**32), 2**32 - 1))


def _mixed(x: Any, key: Any = 0) -> Any:
    """Hash words one to one; the multipliers are of Chris Wellons' search for those that mix best ("lowbias32")."""
    x = (x ^ (x >> 16)) * jnp.uint32(0x7FEB352D) + jnp.uint32(key)
    x = (x ^ (x >> 15)) * jnp.uint32(0x846CA68B)
    return x ^ (x >> 16)
