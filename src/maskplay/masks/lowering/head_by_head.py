"""Attention of JAX, one head after the other."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
from jax import lax
from jax import numpy as jnp

from maskplay.masks.lowering.lowered import Lowered

Tosses = Callable[[Any, tuple[int, ...]], Any]


def head_by_head(
    query: Any,
    key: Any,
    value: Any,
    lowered: Lowered,
    pairs: Any,
    *,
    scale: float | None = None,
    tosses: Tosses | None = None,
) -> Any:
    """Attend as `masks.attention` does, without bias.

    On a CPU, JAX has no fused attention: it writes the scores of all rows and heads to memory and reads them again,
    three times slower than one head after the other, whose scores stay in the cache. The way back computes the scores
    of a head again: that is quicker than reading them from memory, and a training step needs no memory for them.

    Args:
        query: `(batch, query_length, heads, dim)`.
        key: `(batch, key_length, heads, dim)`.
        value: as `key`.
        lowered: the mask; what it hides from all queries may be NaN.
        pairs: the same as a boolean tensor that broadcasts to `(batch, query_length, key_length)`; None if everybody
            sees everybody.
        scale: default: 1 / sqrt(dim).
        tosses: gives what the weights of a head are multiplied with, from its number in the batch and their shape.
    """
    if lowered.keys is not None:
        key, value = (jnp.where(lowered.keys[:, :, None, None], x, 0) for x in (key, value))
    if lowered.rows is not None:  # what sees nothing may be NaN, too
        query = jnp.where(lowered.rows[:, :, None, None], query, 0)
    batch, _, heads, dim = query.shape
    one_head = jax.checkpoint(partial(_mixed, tosses=tosses), prevent_cse=False)

    def of_head(head: tuple[Any, ...]) -> Any:
        *parts, number = head
        seen = None
        if pairs is not None:
            row = 0 if pairs.shape[0] == 1 else (number // heads).astype("int32")
            seen = lax.dynamic_index_in_dim(pairs, row, keepdims=False)
        return one_head(*parts, number, seen)

    # All heads are turned over at once: by the pass over memory that adds the bias to what was projected.
    scaled = query / dim**0.5 if scale is None else query * scale
    flat = (jnp.swapaxes(x, 1, 2).reshape(batch * heads, x.shape[1], -1) for x in (scaled, key, value))
    mixed = lax.map(of_head, (*flat, jnp.arange(batch * heads, dtype="uint32")))
    return jnp.swapaxes(mixed.reshape(batch, heads, *mixed.shape[1:]), 1, 2)


def _mixed(query: Any, key: Any, value: Any, number: Any, seen: Any, tosses: Tosses | None) -> Any:
    """One head of one row, `(query_length, dim)`; zeros where a query sees nothing."""
    scores = query @ key.T
    if seen is not None:
        scores = jnp.where(seen, scores, -jnp.inf)
    most = lax.stop_gradient(scores.max(axis=-1, keepdims=True))
    weights = jnp.exp(scores - jnp.where(most == -jnp.inf, 0, most))
    total = weights.sum(axis=-1, keepdims=True)
    if tosses is not None:
        weights = weights * tosses(number, weights.shape)
    return (weights @ value) / jnp.where(total == 0, 1, total)
