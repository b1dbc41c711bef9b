"""Attention over keys that come in several parts, exactly (Milakov and Gimelshein 2018)."""

from typing import Any, NamedTuple

from keras import ops


class Partial(NamedTuple):
    """What a part of the keys comes to.

    Attributes:
        most: `(batch, heads, queries, 1)`, the largest score; -inf where nothing is seen.
        total: `(batch, heads, queries, 1)`, the sum of exp(score - most).
        mixed: `(batch, heads, queries, dim)`, the sum of values by the same.
    """

    most: Any
    total: Any
    mixed: Any


def partial(query: Any, key: Any, value: Any, seen: Any, far: Any = None) -> Partial:
    """Attend to one part.

    Args:
        query: `(batch, heads, queries, dim)`, scaled.
        key: `(batch, heads, dim, keys)`.
        value: `(batch, heads, keys, dim)`.
        seen: boolean, broadcasts to `(batch, heads, queries, keys)`.
        far: `(batch or 1, keys, dim)`, vectors of distances, added to keys and values.
    """
    scores = ops.matmul(query, key)
    if far is not None:
        far = ops.cast(far, query.dtype)
        scores = scores + ops.matmul(query, ops.transpose(far, (0, 2, 1))[:, None])
    scores = ops.where(seen, ops.cast(scores, "float32"), float("-inf"))
    most = ops.max(scores, axis=-1, keepdims=True)
    weights = ops.exp(scores - _finite(most))
    total = ops.sum(weights, axis=-1, keepdims=True)
    weights = ops.cast(weights, value.dtype)
    mixed = ops.matmul(weights, value)
    if far is not None:
        mixed = mixed + ops.matmul(weights, far[:, None])
    return Partial(most, total, ops.cast(mixed, "float32"))


def joined(one: Partial, other: Partial) -> Partial:
    """Put two parts together."""
    most = ops.maximum(one.most, other.most)
    mine, others = (ops.exp(part.most - _finite(most)) for part in (one, other))
    return Partial(most, one.total * mine + other.total * others, one.mixed * mine + other.mixed * others)


def _finite(most: Any) -> Any:
    return ops.where(most == float("-inf"), 0.0, most)
