"""Matrices of independent entries."""

from collections.abc import Callable
from typing import Any

import numpy as np

from maskplay.analysis.initialization._types import Floats

Sampler = Callable[[np.random.Generator, tuple[int, int]], Any]
"""Draws an array of a shape."""

_NORMAL_WITHIN_2 = 0.87962566103423978  # deviation of the standard normal law, cut at ±2


def _truncated(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    values = rng.standard_normal(shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(int(outside.sum()))
    return values / _NORMAL_WITHIN_2


_SAMPLERS: dict[str, Sampler] = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "uniform": lambda rng, shape: rng.uniform(-(3**0.5), 3**0.5, shape),
    "truncated_normal": _truncated,
    "ternary": lambda rng, shape: rng.integers(-1, 2, shape) * 1.5**0.5,
}


def random_matrix(
    rows: int, columns: int, distribution: str | Sampler = "normal", *, seed: int | np.random.Generator = 0
) -> Floats:
    """Draw a matrix of independent entries with mean 0 and variance 1/rows, which nearly keeps norms.

    W is m × n and maps x to Wx; the kernel of a Keras `Dense` is the transpose. With m ≥ n its columns are nearly
    orthonormal (Scientific Spaces 7180, corollaries 2 to 4), whatever the distribution.

    Args:
        rows: m, the numbers of Wx.
        columns: n, the numbers of x.
        distribution: "normal", "uniform", "truncated_normal", "ternary" (-1, 0 and 1, times a constant), or your own:
            called with a generator of random numbers and a shape. Yours is centred and scaled by the mean and
            deviation of what it draws.
        seed: or a generator.

    Returns:
        `(rows, columns)`.

    Raises:
        ValueError: there is no such distribution, yours gives another shape, or numbers that are not finite or all
            the same.

    >>> matrix = random_matrix(1000, 200, "ternary")
    >>> gram = matrix.T @ matrix
    >>> round(float(np.diagonal(gram).mean()), 1), bool(abs(gram[0, 1]) < 0.15)
    (1.0, True)
    """
    if min(rows, columns) < 1:
        raise ValueError(f"Sizes must be 1 or more. Received: {rows} x {columns}")
    rng = np.random.default_rng(seed)
    if callable(distribution):
        values = _standardised(np.asarray(distribution(rng, (rows, columns)), np.float64), (rows, columns))
    elif distribution in _SAMPLERS:
        values = np.asarray(_SAMPLERS[distribution](rng, (rows, columns)), np.float64)
    else:
        raise ValueError(
            f"distribution must be {', '.join(_SAMPLERS)}, or a function. Received: {distribution!r}"
        )
    return values / rows**0.5


def _standardised(values: Floats, shape: tuple[int, int]) -> Floats:
    if values.shape != shape:
        raise ValueError(f"The distribution must give an array of shape {shape}. Received: {values.shape}")
    deviation = values.std()
    if not np.isfinite(deviation) or deviation == 0:
        raise ValueError("The distribution must give finite numbers that are not all the same.")
    return (values - values.mean()) / deviation
