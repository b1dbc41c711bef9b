"""Attention of JAX, some heads at a time."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
from jax import lax
from jax import numpy as jnp

from maskplay.masks.lowering.lowered import Lowered

Tosses = Callable[[Any, tuple[int, ...]], Any]

_SCORES = 1 << 20  # that are computed together at most; so many stay in the cache


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
    three times slower than some heads at a time, whose scores stay in the cache. The way back computes the
    scores again: that is quicker than reading them from memory, and a training step needs no memory for them.

    Args:
        query: `(batch, query_length, heads, dim)`.
        key: `(batch, key_length, heads, dim)`.
        value: as `key`.
        lowered: the mask; what it hides from all queries may be NaN.
        pairs: the same as a boolean tensor that broadcasts to `(batch, query_length, key_length)`; None if everybody
            sees everybody.
        scale: default: 1 / sqrt(dim).
        tosses: gives what weights are multiplied with, from their number and their shape.
    """
    if lowered.keys is not None:
        key, value = (jnp.where(lowered.keys[:, :, None, None], x, 0) for x in (key, value))
    if lowered.rows is not None:  # what sees nothing may be NaN, too
        query = jnp.where(lowered.rows[:, :, None, None], query, 0)
    batch, queries, heads, dim = query.shape
    together = _together(heads, queries * key.shape[1])
    # All heads are turned over at once: by the pass over memory that adds the bias to what was projected.
    scaled = query / dim**0.5 if scale is None else query * scale
    parts, in_row = batch * heads // together, heads // together
    query, key, value = (
        jnp.swapaxes(x, 1, 2).reshape(parts, together, x.shape[1], dim) for x in (scaled, key, value)
    )
    if tosses is None:
        mixed = _in_place(query, key, value, pairs, in_row)
    else:
        mixed = _mapped(query, key, value, pairs, in_row, tosses)
    return jnp.swapaxes(mixed.reshape(batch, heads, queries, dim), 1, 2)


@partial(jax.custom_jvp, nondiff_argnums=(4,))
def _in_place(query: Any, key: Any, value: Any, pairs: Any, in_row: int) -> Any:
    """What comes out takes the place of the queries: a list of its own would be filled with zeros before."""

    def step(mixed: Any, number: Any) -> tuple[Any, None]:
        q, k, v = (lax.dynamic_index_in_dim(x, number, keepdims=False) for x in (mixed, key, value))
        out = _mixed(q, k, v, _seen(pairs, number, in_row))
        return lax.dynamic_update_index_in_dim(mixed, out, number, 0), None

    return lax.scan(step, query, jnp.arange(query.shape[0], dtype="uint32"))[0]


@_in_place.defjvp
def _towards(in_row: int, at: tuple[Any, ...], towards: tuple[Any, ...]) -> Any:
    query, key, value, pairs = at
    return jax.jvp(lambda q, k, v: _mapped(q, k, v, pairs, in_row), (query, key, value), towards[:3])


def _mapped(query: Any, key: Any, value: Any, pairs: Any, in_row: int, tosses: Tosses | None = None) -> Any:
    some_heads = jax.checkpoint(partial(_mixed, tosses=tosses), prevent_cse=False)

    def of_heads(part: tuple[Any, ...]) -> Any:
        q, k, v, number = part
        return some_heads(q, k, v, _seen(pairs, number, in_row), number)

    return lax.map(of_heads, (query, key, value, jnp.arange(query.shape[0], dtype="uint32")))


def _seen(pairs: Any, number: Any, in_row: int) -> Any:
    """Who sees whom in a part, of so many in each row, `(1, query_length, key_length)`."""
    if pairs is None:
        return None
    row = 0 if pairs.shape[0] == 1 else (number // in_row).astype("int32")
    return lax.dynamic_index_in_dim(pairs, row)


def _together(heads: int, scores: int) -> int:
    """How many heads of a row go together: several, for a step has its price, but not more than the cache holds."""
    counts = (count for count in range(2, heads + 1) if heads % count == 0 and count * scores <= _SCORES)
    return max(counts, default=1)


def _mixed(
    query: Any, key: Any, value: Any, seen: Any, number: Any = None, tosses: Tosses | None = None
) -> Any:
    """Some heads of one row, `(heads, query_length, dim)`; zeros where a query sees nothing."""
    scores = query @ jnp.swapaxes(key, 1, 2)
    if seen is not None:
        scores = jnp.where(seen, scores, -jnp.inf)
    most = lax.stop_gradient(scores.max(axis=-1, keepdims=True))
    weights = jnp.exp(scores - jnp.where(most == -jnp.inf, 0, most))
    total = weights.sum(axis=-1, keepdims=True)
    if tosses is not None:
        weights = weights * tosses(number, weights.shape)
    return (weights @ value) / jnp.where(total == 0, 1, total)
