"""Where positions stand to each other: rotations (RoFormer) and distances (NEZHA), without weights."""

from functools import lru_cache
from typing import Any

import numpy as np
from keras import ops

_WAVELENGTH = 10_000.0


def rotation(length: int, dim: int, positions: Any = None, limit: int | None = None) -> tuple[Any, Any]:
    """Give the cosines and sines by which pairs of channels are turned (RoFormer, Scientific Spaces 8265).

    They are computed beforehand in double precision, where positions have a limit: in single precision the angle of a
    far position is off by 1e-4.

    Args:
        length: positions.
        dim: channels of a head, even.
        positions: whole numbers `(batch or 1, length)`; default: counted from 0.
        limit: positions are below this.

    Returns:
        Two tensors `(batch or 1, length, 1, dim / 2)`, float32.
    """
    if positions is None and isinstance(length, int):
        tables = tuple(ops.convert_to_tensor(table)[None] for table in _rotations(length, dim))
    else:
        positions = ops.arange(length, dtype="int32")[None] if positions is None else positions
        tables = _rotations_at(positions, dim, limit)
    cosines, sines = tables
    return cosines[:, :, None], sines[:, :, None]


def rotate(x: Any, turned: tuple[Any, Any]) -> Any:
    """Turn each pair of neighbouring channels of `(batch, length, heads, dim)` by the angle of its position."""
    cosines, sines = (ops.cast(table, x.dtype) for table in turned)
    even, odd = x[..., 0::2], x[..., 1::2]
    pairs = ops.stack([even * cosines - odd * sines, odd * cosines + even * sines], axis=-1)
    return ops.reshape(pairs, (-1, *ops.shape(x)[1:]))


def distances(length: int, dim: int, reach: int, positions: Any = None) -> Any:
    """Give a vector of sines and cosines for the distance from every query to every key (NEZHA).

    Args:
        length: positions.
        dim: channels of a head, even.
        reach: distances beyond are this one.
        positions: whole numbers `(batch or 1, length)`; default: counted from 0.

    Returns:
        `(batch or 1, length, length, dim)`, float32.
    """
    if positions is None:
        positions = ops.arange(length, dtype="int32")[None]
    return far(positions[:, None, :] - positions[:, :, None], dim, reach)


def far(apart: Any, dim: int, reach: int) -> Any:
    """Give the vectors of NEZHA for distances from query to key, whole numbers of any shape; `dim` is a last axis."""
    table = ops.convert_to_tensor(_waves(reach, dim))
    return ops.take(table, ops.clip(apart, -reach, reach) + reach, axis=0)


def _rotations_at(positions: Any, dim: int, limit: int | None) -> tuple[Any, Any]:
    if limit is not None:
        cosines, sines = _rotations(limit, dim)
        return ops.take(cosines, positions, axis=0), ops.take(sines, positions, axis=0)
    slowness = ops.convert_to_tensor((_WAVELENGTH ** (np.arange(0, dim, 2) / dim)).astype("float32"))
    angles = ops.cast(positions, "float32")[:, :, None] / slowness
    return ops.cos(angles), ops.sin(angles)


@lru_cache(maxsize=8)
def _rotations(length: int, dim: int) -> tuple[np.ndarray, np.ndarray]:
    angles = np.arange(length)[:, None] / _WAVELENGTH ** (np.arange(0, dim, 2) / dim)
    return np.cos(angles).astype("float32"), np.sin(angles).astype("float32")


@lru_cache(maxsize=8)
def _waves(reach: int, dim: int) -> np.ndarray:
    """Row `reach + d` is distance d; as in NEZHA the angle grows with the row, not with the distance."""
    angles = np.arange(2 * reach + 1)[:, None] / _WAVELENGTH ** (np.arange(0, dim, 2) / dim)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(2 * reach + 1, dim).astype("float32")
