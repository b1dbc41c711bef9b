"""Kernels that are orthogonal as operators."""

from collections.abc import Sequence
from math import prod
from typing import Any

from keras import ops, random


def orthonormal(rows: int, columns: int, seed: Any) -> Any:
    """A random matrix with orthonormal rows, or columns where these are fewer; uniform over all of them."""
    drawn = random.normal((max(rows, columns), min(rows, columns)), seed=seed, dtype="float32")
    q, r = ops.qr(drawn)
    signs = ops.sign(ops.diagonal(r))
    q = q * ops.where(signs == 0, ops.ones_like(signs), signs)
    return ops.transpose(q) if rows < columns else q


def delta_orthogonal(shape: Sequence[int], kind: str, groups: int, seed: Any) -> Any:
    """A convolution kernel that is a matrix with orthonormal rows or columns in its middle, and zero elsewhere.

    As an operator it then is as orthogonal as that matrix is, which a kernel whose flat form is orthogonal is not
    (Xiao and others, 2018). The middle is where padding "same" puts the input's own position.
    """
    *window, rows, columns = shape
    if kind == "transpose":  # (…, out, in)
        matrix = orthonormal(rows, columns, seed)
    elif kind == "depthwise":  # a row for each channel
        drawn = random.normal((rows, columns), seed=seed, dtype="float32")
        matrix = drawn / ops.sqrt(ops.sum(drawn * drawn, axis=-1, keepdims=True))
    else:  # (…, in of a group, out of all groups)
        if columns % groups:
            raise ValueError(f"groups must divide the filters. Received: {groups} groups, {columns} filters")
        part = columns // groups
        seeds = [_other(seed, number) for number in range(groups)]
        matrix = ops.concatenate([orthonormal(rows, part, one) for one in seeds], axis=1)
    at = sum(((size - 1) // 2) * prod(window[i + 1 :]) for i, size in enumerate(window))
    places = ops.one_hot(at, prod(window), dtype="float32")
    return ops.reshape(places[:, None, None] * matrix[None], tuple(shape))


def _other(seed: Any, number: int) -> Any:
    """A seed for each group; a generator gives new numbers by itself."""
    return seed + 7919 * number if isinstance(seed, int) else seed
