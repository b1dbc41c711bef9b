"""How fast the encoder's convolutions run by themselves."""

import jax
import numpy as np

from maskplay.models import AlignedReader
from maskplay.reading import Reader
from measures import flops
from measures.clock import seconds

_POSITIONS, _LENGTH = 16384, 512  # a full batch, see `maskplay.reading.passage_scores`


def convolution_rate(reader: Reader, repeats: int = 8) -> float:
    """Time the encoder's stack of dilated gated convolutions on one full batch.

    The layers are those of the reader, with their masks, gates and residuals; only the operations of the
    convolutions are counted.

    Returns:
        Floating point operations per second, the best of several runs.

    Raises:
        TypeError: if the reader's encoder has no convolutions.
    """
    config = reader.config
    if not isinstance(config, AlignedReader):
        raise TypeError(f"Only the aligned reader's encoder has convolutions. Received: {config}")
    names = [f"encode_{i}_rate_{rate}" for i, rate in enumerate(config.encoder_dilations)]
    trunk = reader.network.passage_encoder.model.get_layer("trunk")  # type: ignore[attr-defined]
    blocks = [trunk.get_layer(name) for name in names]

    def stack(x: jax.Array, kept: jax.Array) -> jax.Array:
        for block in blocks:
            x = block(x, mask=kept, training=False)
        return x

    rows = _POSITIONS // _LENGTH
    rng = np.random.default_rng(0)
    x = jax.numpy.asarray(rng.standard_normal((rows, _LENGTH, config.width)), "float32")
    kept = jax.numpy.arange(_LENGTH)[None, :] < jax.numpy.asarray(rng.integers(450, 513, (rows, 1)))
    compiled = jax.jit(stack)
    compiled(x, kept).block_until_ready()
    best = min(seconds(lambda: compiled(x, kept).block_until_ready()) for _ in range(repeats))
    return _POSITIONS * len(blocks) * flops.gated_convolution(config.width) / best
