"""The attention of each backend, told of a lowered mask."""

from functools import partial
from typing import Any

import keras
from keras import ops

from maskplay._on_cpu import on_cpu
from maskplay.masks.lowering.lowered import Lowered


def attend(query: Any, key: Any, value: Any, lowered: Lowered, bias: Any, scale: float | None) -> Any:
    """Attend, where every query sees something; tensors are `(batch, length, heads, dim)`."""
    run = {"jax": _jax, "torch": _torch}.get(lowered.plan.backend, _keras)
    return run(query, key, value, lowered, bias, scale)


def _jax(query: Any, key: Any, value: Any, lowered: Lowered, bias: Any, scale: float | None) -> Any:
    import jax

    arguments = dict(lowered.plan.arguments)
    if lowered.matrix is not None:
        arguments = {"mask": lowered.matrix[:, None]}
    for name in ("query_seq_lengths", "key_value_seq_lengths"):
        if name in arguments:
            lengths = ops.cast(ops.convert_to_tensor(arguments[name])[:, 0], "int32")
            arguments[name] = ops.broadcast_to(lengths, (query.shape[0],))
    attended = partial(jax.nn.dot_product_attention, scale=scale, **arguments)
    if query.dtype == "float16" and on_cpu():  # whose products of float16 give float16 alone
        wide = (None if x is None else x.astype("float32") for x in (query, key, value, bias))
        return attended(*wide).astype("float16")
    return attended(query, key, value, bias)


def _torch(query: Any, key: Any, value: Any, lowered: Lowered, bias: Any, scale: float | None) -> Any:
    import torch

    query, key, value = (x.transpose(1, 2) for x in (query, key, value))
    if lowered.block_mask is not None and bias is None:
        from maskplay.masks.lowering.flex import flex

        return flex(query, key, value, lowered.block_mask, scale).transpose(1, 2)
    causal = lowered.plan.kernel == "causal" and bias is None
    keep = None if causal else _matrix_beside(lowered, bias)
    if bias is not None:
        # One argument carries both. Half of the lowest number, so that adding to it stays finite.
        keep = bias if keep is None else torch.where(keep, bias, torch.finfo(bias.dtype).min / 2)
    attended = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=keep, is_causal=causal, scale=scale
    )
    return attended.transpose(1, 2)


def _matrix_beside(lowered: Lowered, bias: Any) -> Any:
    """Give the matrix with an axis for heads; made anew if the kernel needs none, but there is a bias."""
    matrix = lowered.matrix
    if matrix is None and bias is not None and lowered.plan.kernel != "none":
        matrix = lowered.mask.term.seen(ops)
    return None if matrix is None else matrix[:, None]


def _keras(query: Any, key: Any, value: Any, lowered: Lowered, bias: Any, scale: float | None) -> Any:
    return keras.ops.dot_product_attention(
        query,
        key,
        value,
        bias=bias,
        mask=None if lowered.matrix is None else lowered.matrix[:, None],
        scale=scale,
        is_causal=lowered.plan.kernel == "causal",
        flash_attention=False,
    )
