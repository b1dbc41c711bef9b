"""Attention for the layers: that of masks, or with dropout of its weights."""

from typing import Any

from maskplay import masks
from maskplay.layers._dense_attention import dense_attention
from maskplay.layers._dropout import Dropout
from maskplay.layers._mask_argument import Seen
from maskplay.masks.lowering.is_long import is_long


def attend(query: Any, key: Any, value: Any, visible: Seen, drop: Dropout | None = None) -> Any:
    """Attend as `masks.attention` does; what is long is told the matrix that all layers share.

    Args:
        query: `(batch, query_length, heads, dim)`.
        key: `(batch, key_length, heads, dim)`.
        value: as `key`.
        visible: who sees whom.
        drop: what drops weights, which no fused attention does.

    Returns:
        `(batch, query_length, heads, dim)`.
    """
    if is_long(query, visible.lowered.plan) and (drop is None or drop.rate < 1):
        from maskplay.masks.lowering.by_heads import by_heads

        lowered = visible.lowered
        pairs = None if lowered.plan.kernel == "none" else visible.pairs
        return by_heads(query, key, value, lowered, pairs, tosses=_tosses(drop))
    if drop is not None:
        return dense_attention(query, key, value, visible.pairs, drop=drop)
    return masks.attention(query, key, value, visible.lowered)


def _tosses(drop: Dropout | None) -> Any:
    """What keeps weights of some heads, scaled; see `bernoulli`."""
    if drop is None:
        return None
    from maskplay.layers._bernoulli import bernoulli

    seed, share = drop.seed_generator.next(), 1 - drop.rate
    return lambda number, shape: bernoulli(seed, share, shape, number) / share
