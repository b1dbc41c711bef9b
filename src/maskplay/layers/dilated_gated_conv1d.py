"""The block of the DGCNN (Scientific Spaces 5409 and 6906)."""

from typing import Any

import keras
from keras import ops

from maskplay.layers._dense import Dense
from maskplay.layers._own import own
from maskplay.layers.composite import Composite
from maskplay.layers.uniform_noise import UniformNoise
from maskplay.masks import keep


@keras.saving.register_keras_serializable("maskplay")
class DilatedGatedConv1D(Composite):
    """A dilated convolution, and a gate that chooses between it and the input (Scientific Spaces 5409 and
    6906).

    One convolution of width `2 * filters` gives the candidate `h` and the logits of the gate `g`;
    the output is `x * (1 - sigmoid(g)) + h * sigmoid(g)`, so that with probability `1 - sigmoid(g)` the input
    passes as it is. Where its width is not `filters`, it is projected first.

    The convolution sees 0 where the mask does not keep, so that padding never leaks into a kept position.
    Beyond that the output is not masked: at other positions it is a function of `x` there, for every
    selection more costs XLA a fusion. Whatever follows takes the mask as well.

    Args:
        filters: Width of the output.
        kernel_size: Width of the window, in positions.
        dilation_rate: Distance between the positions of the window; a stack of 1, 2, 4, 8... sees far.
        padding: "same", or "causal" to look back only.
        gate_dropout: Share of the gate's logits that is dropped in training (Scientific Spaces 6906); a
            dropped one leaves the gate half open.
        gate_noise: In training the gate's logits are multiplied by 1 + u, u uniform in [-gate_noise,
            gate_noise] (Scientific Spaces 5409: 0.1).
        channel_dropout: Share of the candidate's channels that is dropped in training, each for a whole row:
            much cheaper than `gate_dropout`, which draws a random number for every value.
        kernel_initializer: Of the convolution and the projection.
        seed: Of dropout and noise.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        x: `(batch, length, dim)`.
        mask: Boolean `(batch, length)`, True = keep; None keeps everything. It is also the mask of the
            output.
        training: Whether to drop and disturb.

    Returns:
        `(batch, length, filters)`.

    >>> layer = DilatedGatedConv1D(5, dilation_rate=2)
    >>> layer(keras.ops.ones((2, 11, 3))).shape
    (2, 11, 5)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int = 3,
        dilation_rate: int = 1,
        padding: str = "same",
        gate_dropout: float = 0.1,
        gate_noise: float = 0.0,
        channel_dropout: float = 0.0,
        kernel_initializer: Any = "glorot_uniform",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if padding not in ("same", "causal"):
            raise ValueError(
                f'padding must be "same" or "causal": the length is kept. Received: padding={padding!r}'
            )
        if not 0 <= gate_noise <= 1:
            raise ValueError(f"gate_noise must be between 0 and 1. Received: gate_noise={gate_noise}")
        self.filters = filters
        self.convolution = keras.layers.Conv1D(
            2 * filters,
            kernel_size,
            dilation_rate=dilation_rate,
            padding=padding,
            kernel_initializer=own(kernel_initializer),
        )
        self.projection = Dense(filters, kernel_initializer=own(kernel_initializer))
        self.dropout = keras.layers.Dropout(gate_dropout, seed=seed)
        self.channel_dropout = keras.layers.SpatialDropout1D(channel_dropout, seed=seed)
        self.noise = UniformNoise(gate_noise, seed=seed)

    def call(self, x: Any, mask: Any = None, training: bool | None = None) -> Any:
        candidate, gate = ops.split(self.convolution(keep(x, mask)), 2, axis=-1)
        candidate = self.channel_dropout(candidate, training=training)
        gate = self.noise(self.dropout(gate, training=training), training=training)
        gate = 0.5 * ops.tanh(0.5 * gate) + 0.5  # the logistic function, in two thirds of the time on a CPU
        if x.shape[-1] != self.filters:
            x = self.projection(x)
        return x + (candidate - x) * gate
