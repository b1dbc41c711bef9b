"""Attention for the layers: the backend's fused one, or spelled out where the backend has none that can do it."""

from typing import Any

from maskplay import masks
from maskplay.layers._dense_attention import dense_attention
from maskplay.layers._dropout import Dropout
from maskplay.layers._mask_argument import Seen
from maskplay.layers._on_cpu import on_cpu

_LONG = 128  # from so many queries on, the scores of all heads together do not fit into a CPU's cache


def attend(query: Any, key: Any, value: Any, visible: Seen, drop: Dropout | None = None) -> Any:
    """Attend as `masks.attention` does.

    On a CPU, JAX has no fused attention: it writes the scores of all rows and heads to memory and reads them again,
    three times slower than one head after the other, whose scores stay in the cache.

    Args:
        query: `(batch, query_length, heads, dim)`.
        key: `(batch, key_length, heads, dim)`.
        value: as `key`.
        visible: who sees whom.
        drop: what drops weights, which no fused attention does.

    Returns:
        `(batch, query_length, heads, dim)`.
    """
    if _head_by_head(query, visible, drop):
        from maskplay.layers._head_by_head import head_by_head

        return head_by_head(query, key, value, visible, drop)
    if drop is not None:
        return dense_attention(query, key, value, visible.pairs, drop=drop)
    return masks.attention(query, key, value, visible.lowered)


def _head_by_head(query: Any, visible: Seen, drop: Dropout | None) -> bool:
    long = isinstance(query.shape[1], int) and query.shape[1] >= _LONG and str(query.dtype) == "float32"
    plan = visible.lowered.plan
    for_us = plan.backend == "jax" and plan.device == "cpu" and plan.kernel != "nothing"
    return long and for_us and on_cpu() and (drop is None or drop.rate < 1)
