"""Positions as sines and cosines."""

from typing import Any

import keras
from keras import ops

from maskplay.layers.composite import Composite
from maskplay.masks import keep


@keras.saving.register_keras_serializable("maskplay")
class SinusoidalPositionEmbedding(Composite):
    """Adds to each position a fixed vector of sines and cosines of it (Vaswani et al. 2017), of any length.

    Channel `2i` is the sine, channel `2i + 1` the cosine, of `position / max_wavelength ** (2i / dim)`;
    positions count from 0. They are computed in float32, for half precision cannot tell large ones apart.

    Args:
        max_wavelength: Of the slowest channel, over 2π.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        x: `(batch, length, dim)`.
        mask: Boolean `(batch, length)`, True = keep; None keeps everything. What is not kept is set to 0. It
            is also the mask of the output.

    Returns:
        `(batch, length, dim)`.

    >>> y = SinusoidalPositionEmbedding()(keras.ops.zeros((1, 2, 2)))
    >>> [[round(float(channel), 4) for channel in position] for position in y[0]]
    [[0.0, 1.0], [0.8415, 0.5403]]
    """

    def __init__(self, max_wavelength: float = 10_000.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if max_wavelength <= 0:
            raise ValueError(f"max_wavelength must be above 0. Received: max_wavelength={max_wavelength}")
        self.max_wavelength = max_wavelength

    def call(self, x: Any, mask: Any = None) -> Any:
        length, dim = ops.shape(x)[1], x.shape[-1]
        position = ops.cast(ops.arange(length), "float32")
        channel = ops.arange(dim)
        pair = ops.cast(channel // 2, "float32")
        angle = position[:, None] * ops.power(self.max_wavelength, -2 * pair / dim)[None, :]
        waves = ops.where(channel % 2 == 0, ops.sin(angle), ops.cos(angle))
        return keep(x + ops.cast(waves, x.dtype), mask)
