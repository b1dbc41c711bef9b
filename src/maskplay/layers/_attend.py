"""Attention for the layers: the backend's fused one, or head by head where the backend has none."""

from typing import Any

import keras

from maskplay import masks
from maskplay.layers._mask_argument import Seen

_LONG = 128  # from so many queries on, the scores of all heads together do not fit into a CPU's cache


def attend(query: Any, key: Any, value: Any, visible: Seen) -> Any:
    """Attend as `masks.attention` does.

    On a CPU, JAX has no fused attention: it writes the scores of all rows and heads to memory and reads them again,
    three times slower than one head after the other, whose scores stay in the cache.

    Args:
        query: `(batch, query_length, heads, dim)`.
        key: `(batch, key_length, heads, dim)`.
        value: as `key`.
        visible: who sees whom.

    Returns:
        `(batch, query_length, heads, dim)`.
    """
    if _head_by_head(query, visible):
        return _one_by_one(query, key, value, visible)
    return masks.attention(query, key, value, visible.lowered)


def _head_by_head(query: Any, visible: Seen) -> bool:
    plan = visible.lowered.plan
    fits = isinstance(query.shape[1], int) and query.shape[1] >= _LONG and str(query.dtype) == "float32"
    if not fits or plan.backend != "jax" or plan.device != "cpu" or plan.kernel == "nothing":
        return False
    import jax

    return keras.backend.backend() == "jax" and jax.default_backend() == "cpu"


def _one_by_one(query: Any, key: Any, value: Any, visible: Seen) -> Any:
    import jax
    from jax import numpy as jnp

    lowered = visible.lowered
    if lowered.keys is not None:  # what nobody sees may be NaN
        key, value = (jnp.where(lowered.keys[:, :, None, None], x, 0) for x in (key, value))
    pairs = None if lowered.plan.kernel == "none" else visible.pairs
    scale = 1 / query.shape[-1] ** 0.5

    def of_row(row: Any) -> Any:
        query, key, value, seen = row

        def of_head(head: Any) -> Any:
            query, key, value = head
            return _mixed(query * scale, key, value, seen)

        heads = tuple(jnp.swapaxes(x, 0, 1) for x in (query, key, value))
        return jnp.swapaxes(jax.lax.map(of_head, heads), 0, 1)

    if pairs is None or pairs.shape[0] == 1:
        same = None if pairs is None else pairs[0]
        return jax.lax.map(lambda row: of_row((*row, same)), (query, key, value))
    return jax.lax.map(of_row, (query, key, value, pairs))


def _mixed(query: Any, key: Any, value: Any, seen: Any) -> Any:
    """One head of one row, `(query_length, dim)`; zeros where a query sees nothing."""
    from jax import lax
    from jax import numpy as jnp

    scores = query @ key.T
    if seen is not None:
        scores = jnp.where(seen, scores, -jnp.inf)
    most = lax.stop_gradient(scores.max(axis=-1, keepdims=True))
    weights = jnp.exp(scores - jnp.where(most == -jnp.inf, 0, most))
    total = weights.sum(axis=-1, keepdims=True)
    return (weights @ value) / jnp.where(total == 0, 1, total)
