"""Attention of JAX, some heads at a time."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
from jax import lax
from jax import numpy as jnp
from jax.custom_derivatives import SymbolicZero

from maskplay.masks.lowering.lowered import Lowered

_Tosses = Callable[[Any, tuple[int, ...]], Any]

_SCORES = 1 << 20  # that are computed together at most, 4 MB; measured best, where lengths are 512


def by_heads(
    query: Any,
    key: Any,
    value: Any,
    lowered: Lowered,
    pairs: Any,
    *,
    scale: float | None = None,
    tosses: _Tosses | None = None,
) -> Any:
    """Attend as `masks.attention` does, without bias.

    On a CPU, JAX has no fused attention: it writes the scores of all rows and heads to memory and reads them again,
    which takes three times as long as one head after the other. The way back computes the scores again: that is
    quicker than reading them from memory, and a training step needs no memory for them.

    Args:
        query: `(batch, query_length, heads, dim)`.
        key: `(batch, key_length, heads, dim)`.
        value: as `key`.
        lowered: the mask; what it hides from all queries may be NaN.
        pairs: the same as a boolean tensor that broadcasts to `(batch, query_length, key_length)`; None if everybody
            sees everybody.
        scale: default: 1 / sqrt(dim).
        tosses: gives what the weights of a part are multiplied with, from the part's number and the weights' shape,
            `(heads of the part, query_length, key_length)`.
    """
    if lowered.keys is not None:
        key, value = (jnp.where(lowered.keys[:, :, None, None], x, 0) for x in (key, value))
    if lowered.rows is not None:  # what sees nothing may be NaN, too
        query = jnp.where(lowered.rows[:, :, None, None], query, 0)
    batch, queries, heads, dim = query.shape
    if batch == 0:  # there is no first part to begin with
        return query
    together = _together(heads, queries * key.shape[1])
    # All heads are turned over at once: by the pass over memory that adds the bias to what was projected.
    scaled = query / dim**0.5 if scale is None else (query * scale).astype(query.dtype)
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


@partial(_in_place.defjvp, symbolic_zeros=True)
def _towards(in_row: int, at: tuple[Any, ...], towards: tuple[Any, ...]) -> Any:
    moving = [number for number, toward in enumerate(towards) if not isinstance(toward, SymbolicZero | None)]

    def moved(*to: Any) -> Any:
        query, key, value, pairs = (dict(enumerate(at)) | dict(zip(moving, to, strict=True))).values()
        return _mapped(query, key, value, pairs, in_row)

    return jax.jvp(moved, [at[number] for number in moving], [towards[number] for number in moving])


def _mapped(query: Any, key: Any, value: Any, pairs: Any, in_row: int, tosses: _Tosses | None = None) -> Any:
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
    """How many heads of a row go together: several, for a step has its price, but few scores.

    They are a divisor of all, so that a prime number of heads goes one by one, or all at once.
    """
    if not isinstance(scores, int):  # exported for any length
        return 1
    return max(
        count
        for count in range(1, heads + 1)
        if heads % count == 0 and count * scores <= max(_SCORES, scores)
    )


def _mixed(
    query: Any, key: Any, value: Any, seen: Any, number: Any = None, tosses: _Tosses | None = None
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
