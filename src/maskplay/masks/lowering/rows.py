"""Which queries see anything at all."""

from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops

if TYPE_CHECKING:
    from maskplay.masks.attention_mask import AttentionMask
    from maskplay.masks.lowering.facts import Facts


def rows_that_see(mask: "AttentionMask", found: "Facts", xp: Any) -> Any:
    """Say which queries see some key.

    Args:
        mask: not one of nothing at all.
        found: its facts.
        xp: NumPy or keras.ops: where to compute.

    Returns:
        None if they all do and that is known beforehand; else boolean, `(batch or 1, query_length or 1)`.
    """
    _, queries, keys = mask.shape
    if mask.term.reflexive and queries == keys:
        return None
    if found.simple and queries is not None and keys is not None:
        return _of_band(found, queries, keys, xp)
    return xp.any(mask.term.seen(xp), axis=-1)


def _of_band(found: "Facts", queries: int, keys: int, xp: Any) -> Any:
    """A query sees the keys from `query - before` to `query + after`, of those that there are."""
    positions = np.arange(queries, dtype="int32")[None]
    low = np.zeros_like(positions) if found.before is None else np.maximum(positions - found.before, 0)
    high = np.full_like(positions, keys - 1)
    if found.after is not None:
        high = np.minimum(positions + found.after, keys - 1)
    seeing = low <= high
    if found.key_lengths is None and found.query_lengths is None:
        return None if seeing.all() else _in(xp, seeing)
    seeing, low, positions = (_in(xp, x) for x in (seeing, low, positions))
    if found.key_lengths is not None:
        seeing = xp.logical_and(seeing, xp.less(low, _in(xp, found.key_lengths)))
    if found.query_lengths is not None:
        seeing = xp.logical_and(seeing, xp.less(positions, _in(xp, found.query_lengths)))
    return seeing


def _in(xp: Any, x: Any) -> Any:
    from maskplay.masks.terms.line import in_array

    return in_array(x, xp if xp is np else ops)
