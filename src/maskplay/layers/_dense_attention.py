"""Attention that is spelled out: for dropout of its weights, and for vectors of distances."""

from collections.abc import Callable
from typing import Any

from keras import ops

from maskplay.masks import masked_softmax


def dense_attention(
    query: Any,
    key: Any,
    value: Any,
    pairs: Any,
    distances: Any = None,
    drop: Callable[[Any], Any] | None = None,
) -> Any:
    """Attend as `masks.attention` does, through a matrix of weights.

    Args:
        query: `(batch, query_length, heads, dim)`.
        key: `(batch, key_length, heads, dim)`.
        value: as `key`.
        pairs: boolean, broadcasts to `(batch, query_length, key_length)`; True = seen.
        distances: `(batch or 1, query_length, key_length, dim)`, added to keys and to values.
        drop: what becomes of the weights.

    Returns:
        `(batch, query_length, heads, dim)`; zeros where a query sees nothing.
    """
    scores = ops.einsum("bqhd,bkhd->bhqk", query, key)
    if distances is not None:
        distances = ops.cast(distances, query.dtype)
        scores = scores + _along(query, distances)
    scores = ops.cast(scores, "float32") / float(query.shape[-1]) ** 0.5
    weights = ops.cast(masked_softmax(scores, pairs[:, None], axis=-1), query.dtype)
    if drop is not None:
        weights = drop(weights)
    mixed = ops.einsum("bhqk,bkhd->bqhd", weights, value)
    return mixed if distances is None else mixed + _mixed(weights, distances)


def _along(query: Any, distances: Any) -> Any:
    """Likeness of queries and distances, `(batch, heads, query_length, key_length)`."""
    if distances.shape[0] == 1:
        return ops.einsum("bqhd,qkd->bhqk", query, distances[0])
    return ops.einsum("bqhd,bqkd->bhqk", query, distances)


def _mixed(weights: Any, distances: Any) -> Any:
    """Mean of the distances by weights, `(batch, query_length, heads, dim)`."""
    if distances.shape[0] == 1:
        return ops.einsum("bhqk,qkd->bqhd", weights, distances[0])
    return ops.einsum("bhqk,bqkd->bqhd", weights, distances)
