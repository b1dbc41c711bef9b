"""Means under the normal law."""

from collections.abc import Callable

import numpy as np

from maskplay.analysis.initialization._types import Floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_END = 12.0  # of the range: what is beyond weighs less than 1e-32
_FIRST = 96  # panels; kinks at multiples of 1/4 lie between them
_ROUNDS = 24
_RELATIVE = 3e-7  # of a panel's own part: backends compute in float32
_ABSOLUTE = 1e-9  # of the whole


def normal_mean(function: Callable[[Floats], Floats]) -> Floats:
    """Mean of each row of `function(z)` `(rows, n)` for a standard normal z.

    Panels are halved where that changes their part: kinks and jumps may be anywhere.
    """
    edges = np.linspace(-_END, _END, _FIRST + 1)
    low, high = edges[:-1], edges[1:]
    whole = _parts(function, low, high)
    total = np.zeros(len(whole))
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        halves = _parts(function, np.concatenate([low, middle]), np.concatenate([middle, high]))
        first, second = np.split(halves, 2, axis=1)
        scale = np.abs(total + whole.sum(1))[:, None]
        allowed = np.maximum(_RELATIVE * np.abs(whole), np.maximum(_ABSOLUTE * scale, 1e-15))
        open_ = (np.abs(first + second - whole) > allowed).any(0)
        total = total + (first + second)[:, ~open_].sum(1)
        if not open_.any():
            return total
        low, middle, high = low[open_], middle[open_], high[open_]
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        whole = np.concatenate([first[:, open_], second[:, open_]], axis=1)
    return total + whole.sum(1)


def _parts(function: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """The integral over each panel `(rows, panels)`."""
    half = (high - low)[:, None] / 2
    z = low[:, None] + half * (_NODES + 1)
    weights = half * _WEIGHTS * np.exp(-(z**2) / 2) / (2 * np.pi) ** 0.5
    values = function(z.ravel())
    return (values.reshape(len(values), *z.shape) * weights).sum(-1)
