"""Attention that honours its mask."""

from typing import Any

import keras
from keras import ops

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.lowering.is_long import is_long
from maskplay.masks.lowering.kernels import attend
from maskplay.masks.lowering.lowered import Lowered, lower


def attention(
    query: Any,
    key: Any,
    value: Any,
    mask: AttentionMask | Lowered,
    *,
    bias: Any = None,
    scale: float | None = None,
) -> Any:
    """Attend: for every query the mean of the values of the keys that it sees, weighted by likeness.

    The weights are a softmax, in float32, of `scale * query · key + bias` over the keys that the mask lets the query
    see. It is computed by the fused attention of the backend, told of the mask in the cheapest exact way; or, where
    JAX has none that is fused, on a CPU, some heads at a time if there are many queries. `mask.explain()` says
    which. A query that sees nothing gets zeros. There is no dropout.

    Args:
        query: `(batch, query_length, heads, dim)`.
        key: `(batch, key_length, heads, dim)`.
        value: `(batch, key_length, heads, dim)`. Keys and values that padding hides from all queries may hold
            anything, NaN included; those that only some queries see must be finite.
        mask: a mask of these lengths, for this batch or for all; or a lowered one, to lower once for many layers.
        bias: added to the scores, broadcasts to `(batch, heads, query_length, key_length)`.
        scale: default: 1 / sqrt(dim).

    Returns:
        `(batch, query_length, heads, dim)`, of the type of `query`.

    Raises:
        TypeError: The mask is none of ours. A matrix becomes one by `masks.matrix`, and attention without a mask is
            `masks.bidirectional(length)`.
        ValueError: Shapes do not fit each other, or not the mask; or types differ.

    >>> import numpy as np
    >>> from maskplay import masks
    >>> x = np.array([[[[1.0]], [[3.0]], [[8.0]]]], "float32")  # one row, three positions, one head of one dimension
    >>> seen = masks.causal(3) & masks.padding([True, True, False])
    >>> masks.attention(0 * x, x, x, seen).ravel().tolist()
    [1.0, 2.0, 2.0]
    """
    query, key, value = (_tensor(x, name) for x, name in ((query, "query"), (key, "key"), (value, "value")))
    if not isinstance(mask, AttentionMask | Lowered):
        raise TypeError(
            "mask must be an attention mask: masks.bidirectional(length) to see everything, masks.matrix(pairs) of a "
            f"boolean matrix. Received: {type(mask).__name__}"
        )
    _check_shapes(query, key, value)
    _check_types(query, key, value)
    _check_mask(mask if isinstance(mask, AttentionMask) else mask.mask, query, key)
    lowered = lower(mask) if isinstance(mask, AttentionMask) else mask
    if lowered.plan.kernel == "nothing":
        return ops.zeros_like(query)
    if bias is None and is_long(query, lowered.plan):
        from maskplay.masks.lowering.by_heads import by_heads

        pairs = None if lowered.plan.kernel == "none" else lowered.pairs
        return by_heads(query, key, value, lowered, pairs, scale=scale)
    if bias is not None:
        bias = ops.cast(bias, query.dtype)
    if lowered.keys is not None:
        key, value = (_kept(x, lowered.keys) for x in (key, value))
    if lowered.rows is not None:
        query = _kept(query, lowered.rows)
    attended = attend(query, key, value, lowered, bias, scale)
    return attended if lowered.rows is None else _kept(attended, lowered.rows)


def _kept(x: Any, positions: Any) -> Any:
    """`x` at the positions that are kept, 0 elsewhere: chosen, not multiplied, for 0 times NaN is NaN."""
    return ops.where(positions[:, :, None, None], x, ops.zeros_like(x))


def _tensor(x: Any, name: str) -> Any:
    if isinstance(x, keras.KerasTensor):
        raise TypeError(
            f"{name} is a tensor of a functional model, which has no values. Call attention inside of a layer."
        )
    x = ops.convert_to_tensor(x)
    if len(x.shape) != 4:
        raise ValueError(
            f"{name} must have the shape (batch, length, heads, dim). Received: {tuple(x.shape)}"
        )
    return x


def _check_shapes(query: Any, key: Any, value: Any) -> None:
    shapes = tuple(tuple(x.shape) for x in (query, key, value))
    fit = _fit(shapes[1], shapes[2]) and _fit(shapes[0][:1] + shapes[0][2:], shapes[1][:1] + shapes[1][2:])
    if not fit:
        raise ValueError(
            "key and value must have one shape, and query the same batch, heads and dim. Received: query "
            f"{shapes[0]}, key {shapes[1]}, value {shapes[2]}"
        )


def _check_types(query: Any, key: Any, value: Any) -> None:
    types = [keras.backend.standardize_dtype(x.dtype) for x in (query, key, value)]
    if len(set(types)) > 1 or "float" not in types[0]:
        raise ValueError(
            "query, key and value must have one type, of floating numbers; see keras.ops.cast. Received: query "
            "{}, key {}, value {}".format(*types)
        )


def _check_mask(mask: AttentionMask, query: Any, key: Any) -> None:
    wanted = (query.shape[0], query.shape[1], key.shape[1])
    found = mask.shape
    if not _fit(found[1:], wanted[1:]) or (found[0] != 1 and not _fit(found[:1], wanted[:1])):
        raise ValueError(
            f"The mask must be for (batch or 1, query_length, key_length) = {wanted}. Received: a mask for {found}: "
            f"{mask.description}"
        )


def _fit(mine: tuple[int | None, ...], others: tuple[int | None, ...]) -> bool:
    """Whether sizes are equal, as far as they are known."""
    return all(None in pair or pair[0] == pair[1] for pair in zip(mine, others, strict=True))
