"""What the machine can do at best: its rate of float32 matrix products."""

import jax
import numpy as np

from measures.clock import seconds

_SIZE = 2048


def matrix_peak(repeats: int = 8) -> float:
    """Measure the fastest of several products of two 2048 x 2048 matrices in JAX.

    Returns:
        Floating point operations per second, a multiplication and an addition being two.
    """
    rng = np.random.default_rng(0)
    a, b = (jax.numpy.asarray(rng.standard_normal((_SIZE, _SIZE)), "float32") for _ in range(2))
    product = jax.jit(lambda a, b: a @ b)
    product(a, b).block_until_ready()
    best = min(seconds(lambda: product(a, b).block_until_ready()) for _ in range(repeats))
    return 2 * _SIZE**3 / best
