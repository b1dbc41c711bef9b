"""A BERT-family encoder in NumPy, one query at a time, from the papers."""

import math

import numpy as np

from maskplay.models import TransformerConfig

Weights = dict[str, np.ndarray]


def encoder(
    config: TransformerConfig,
    weights: Weights,
    tokens: np.ndarray,
    segments: np.ndarray,
    seen: np.ndarray,
    positions: np.ndarray | None = None,
) -> list[np.ndarray]:
    """What goes into the first block and what comes out of each, `(length, width)` each, of one row.

    `seen` is boolean `(length, length)`.
    """
    positions = np.arange(len(tokens)) if positions is None else positions
    w = {name: value.astype("float64") for name, value in weights.items()}
    x = w["tokens/embeddings"][tokens]
    if config.segments:
        x = x + w["segments/embeddings"][segments]
    if config.positions == "absolute":
        x = x + w["places/embeddings"][positions]
    x = norm(w, "embedding_norm", x)
    if config.embedding_width:
        x = dense(w, "widen", x)
    states = [x]
    for i in range(config.depth):
        block = f"blocks_{i * (config.groups or config.depth) // config.depth}"
        pre = config.norm == "pre"
        read = norm(w, f"{block}/attention_norm", x) if pre else x
        x = x + attention(config, w, f"{block}/attention", read, seen, positions)
        x = x if pre else norm(w, f"{block}/attention_norm", x)
        read = norm(w, f"{block}/feed_forward_norm", x) if pre else x
        x = x + dense(w, f"{block}/feed_forward/outer", gelu(dense(w, f"{block}/feed_forward/inner", read)))
        x = x if pre else norm(w, f"{block}/feed_forward_norm", x)
        states.append(x)
    return states


def attention(config, w, name, x, seen, positions):
    length, dim = len(x), config.width // config.heads
    query, key, value = (
        dense(w, f"{name}/{part}", x).reshape(length, config.heads, dim) for part in ("query", "key", "value")
    )
    if config.positions == "rotary":
        turned = [value] if config.rotate_values else []
        query, key, *turned = (rotated(part, positions) for part in (query, key, *turned))
        value = turned[0] if turned else value
    mixed = np.zeros((length, config.heads, dim))
    for q in range(length):
        keys = np.flatnonzero(seen[q])
        if len(keys) == 0:
            continue
        far = np.zeros((len(keys), dim))
        if config.positions == "relative":
            far = np.stack([distance(positions[k] - positions[q], dim, config.max_distance) for k in keys])
        for h in range(config.heads):
            scores = (key[keys, h] + far) @ query[q, h] / math.sqrt(dim)
            weights = np.exp(scores - scores.max())
            mixed[q, h] = (weights / weights.sum()) @ (value[keys, h] + far)
    return dense(w, f"{name}/merge", mixed.reshape(length, -1))


def rotated(x, positions):
    turned = np.empty_like(x)
    for place, position in enumerate(positions):
        for pair in range(x.shape[-1] // 2):
            angle = position / 10000 ** (2 * pair / x.shape[-1])
            point = x[place, :, 2 * pair] + 1j * x[place, :, 2 * pair + 1]
            point = point * np.exp(1j * angle)
            turned[place, :, 2 * pair], turned[place, :, 2 * pair + 1] = point.real, point.imag
    return turned


def distance(d, dim, reach):
    row = min(max(d, -reach), reach) + reach
    vector = np.empty(dim)
    for pair in range(dim // 2):
        angle = row / 10000 ** (2 * pair / dim)
        vector[2 * pair], vector[2 * pair + 1] = math.sin(angle), math.cos(angle)
    return vector


def norm(w, name, x):
    centred = x - x.mean(-1, keepdims=True)
    return (
        centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * w[f"{name}/gamma"]
        + w[f"{name}/beta"]
    )


def dense(w, name, x):
    return x @ w[f"{name}/kernel"] + w[f"{name}/bias"]


def gelu(x):
    return x * np.vectorize(lambda v: 0.5 * (1 + math.erf(v / math.sqrt(2))))(x)
