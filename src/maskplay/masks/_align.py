"""What every function of this room does first: line the mask up with the tensor."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

Axis = int | Sequence[int]


def align(x: Any, mask: Any, axis: Axis) -> tuple[Any, Any, tuple[int, ...]]:
    """Line `mask` up with `x`.

    Args:
        x: Tensor of any rank.
        mask: Boolean tensor, True = keep. Its axes are the *first* axes of `x`, so that `(batch, length)`
            fits `(batch, length, dim)`; each is as long as that of `x`, or 1. None keeps everything.
        axis: One axis, or several, that are about to be reduced; the mask must reach them.

    Returns:
        The tensor; the mask with the rank of `x` and with full length along `axis`; the axes, none negative.

    Raises:
        TypeError: The mask is not boolean.
        ValueError: An axis is out of range, or the mask does not fit.
    """
    x = _tensor(x)
    axes = _positive_axes(axis, len(x.shape))
    if mask is None:
        return x, ops.ones_like(x, dtype="bool"), axes
    mask = _tensor(mask)
    _check_fit(x, mask, axes)
    for _ in range(len(x.shape) - len(mask.shape)):
        mask = ops.expand_dims(mask, -1)
    if any(mask.shape[a] == 1 and x.shape[a] != 1 for a in axes):
        mask = ops.logical_and(mask, ops.ones_like(x, dtype="bool"))
    return x, mask, axes


def wide(x: Any) -> Any:
    """`x` in the precision to accumulate in: float32 for half precision and integers, else its own."""
    dtype = keras.backend.standardize_dtype(x.dtype)
    return x if dtype in ("float32", "float64") else ops.cast(x, "float32")


def narrow(y: Any, like: Any) -> Any:
    """`y` in the float type of `like`; as it is where `like` is not a float."""
    dtype = keras.backend.standardize_dtype(like.dtype)
    return ops.cast(y, dtype) if "float" in dtype else y


def _tensor(x: Any) -> Any:
    return x if isinstance(x, keras.KerasTensor) else ops.convert_to_tensor(x)


def _positive_axes(axis: Axis, rank: int) -> tuple[int, ...]:
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    if not axes or any(not -rank <= a < rank for a in axes):
        raise ValueError(
            f"axis must name at least one axis of a tensor of rank {rank}, from {-rank} to {rank - 1}. "
            f"Received: axis={axis}"
        )
    return tuple(a % rank for a in axes)


def _check_fit(x: Any, mask: Any, axes: tuple[int, ...]) -> None:
    dtype = keras.backend.standardize_dtype(mask.dtype)
    if dtype != "bool":
        raise TypeError(
            f"A mask must be boolean, True = keep. Received: mask of dtype {dtype}. "
            "Compare it first: `mask != 0`."
        )
    x_shape, mask_shape = tuple(x.shape), tuple(mask.shape)
    if not max(axes) < len(mask_shape) <= len(x_shape):
        raise ValueError(
            f"The mask's axes are the first axes of the tensor, and must reach axis {max(axes)}. Received: "
            f"mask of shape {mask_shape} for a tensor of shape {x_shape}. Insert axes of length 1."
        )
    # Where a size is not a number it is not known yet.
    pairs = [
        (m, n) for m, n in zip(mask_shape, x_shape, strict=False) if isinstance(m, int) and isinstance(n, int)
    ]
    if any(m not in (1, n) for m, n in pairs):
        raise ValueError(
            f"Each axis of the mask must be 1 or as long as that of the tensor. Received: mask of shape "
            f"{mask_shape} for a tensor of shape {x_shape}."
        )
