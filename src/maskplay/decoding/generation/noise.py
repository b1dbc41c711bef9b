"""Random numbers that depend on a text's seed and on the place in it, and on nothing else.

Drawing must not depend on which other texts are in the batch, nor on the backend; a generator with a state of its own
would make it so. These are hashes of (seed, text, position, token), by the mixing function of MurmurHash3 (Appleby
2011).
"""

from typing import Any

import numpy as np
from keras import ops


def gumbel(seeds: Any, width: int, index: Any, vocabulary: int) -> Any:
    """Give numbers of the standard Gumbel distribution.

    Args:
        seeds: `(batch,)`, int32.
        width: texts of a row.
        index: `()`, the position.
        vocabulary: tokens.

    Returns:
        `(batch, width, vocabulary)`, float32.
    """
    texts = _mixed(ops.cast(seeds, "int32")[:, None] + _times(ops.arange(width, dtype="int32"), 0x9E3779B9))
    places = _mixed(texts + _times(ops.cast(index, "int32"), 0x7FEB352D) + 1)
    tokens = _mixed(_times(ops.arange(vocabulary, dtype="int32"), 0x846CA68B) + 7)
    bits = _mixed(ops.bitwise_xor(places[:, :, None], tokens) + places[:, :, None])
    # 23 bits and a half, so that a float32 holds them exactly and neither 0 nor 1 comes out.
    uniform = (ops.cast(_shifted(bits, 9), "float32") + 0.5) / 2.0**23
    return -ops.log(-ops.log(uniform))


def _mixed(x: Any) -> Any:
    """Mix 32 bits; int32 overflows as it should on every backend."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = _times(ops.bitwise_xor(x, _shifted(x, shift)), factor)
    return ops.bitwise_xor(x, _shifted(x, 16))


def _times(x: Any, factor: int) -> Any:
    return x * ops.convert_to_tensor(np.uint32(factor).view(np.int32))


def _shifted(x: Any, count: int) -> Any:
    """Shift right, zeros coming in."""
    return ops.bitwise_and(ops.right_shift(x, count), (1 << (32 - count)) - 1)
