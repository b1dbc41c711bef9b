"""Attention of JAX, one head after the other."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
from jax import lax
from jax import numpy as jnp

from maskplay.layers._bernoulli import bernoulli
from maskplay.layers._dropout import Dropout
from maskplay.layers._mask_argument import Seen

Tosses = Callable[[Any, tuple[int, ...]], Any]


def head_by_head(query: Any, key: Any, value: Any, visible: Seen, drop: Dropout | None) -> Any:
    """Attend as `attend` does.

    The way back computes the scores of a head again: that is quicker than reading them from memory, and a training step
    needs no memory for them.
    """
    lowered = visible.lowered
    if lowered.keys is not None:  # what nobody sees may be NaN
        key, value = (jnp.where(lowered.keys[:, :, None, None], x, 0) for x in (key, value))
    pairs = None if lowered.plan.kernel == "none" else visible.pairs
    batch, _, heads, dim = query.shape
    one_head = jax.checkpoint(partial(_mixed, tosses=_tosses(drop)), prevent_cse=False)

    def of_head(head: tuple[Any, ...]) -> Any:
        *parts, number = head
        seen = None
        if pairs is not None:
            row = 0 if pairs.shape[0] == 1 else (number // heads).astype("int32")
            seen = lax.dynamic_index_in_dim(pairs, row, keepdims=False)
        return one_head(*parts, number, seen)

    # All heads are turned over at once: by the pass over memory that adds the bias to what was projected.
    flat = (
        jnp.swapaxes(x, 1, 2).reshape(batch * heads, x.shape[1], -1) for x in (query / dim**0.5, key, value)
    )
    mixed = lax.map(of_head, (*flat, jnp.arange(batch * heads, dtype="uint32")))
    return jnp.swapaxes(mixed.reshape(batch, heads, *mixed.shape[1:]), 1, 2)


def _tosses(drop: Dropout | None) -> Tosses | None:
    """What keeps weights of a head, scaled; see `bernoulli`."""
    if drop is None:
        return None
    seed, share = drop.seed_generator.next(), 1 - drop.rate
    return lambda number, shape: bernoulli(seed, share, shape, number) / share


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
