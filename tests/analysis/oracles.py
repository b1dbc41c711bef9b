"""Naive forms of what the room computes: whole matrices, formulae as printed."""

import itertools
from typing import Any

import numpy as np


def gaussian(x: Any, width: float) -> Any:
    x = np.asarray(x, float).reshape(len(x), -1)
    return np.exp(-((x[:, None] - x) ** 2).sum(-1) / (2 * width**2))


def laplace(x: Any, width: float) -> Any:
    x = np.asarray(x, float).reshape(len(x), -1)
    return np.exp(-np.abs(x[:, None] - x).sum(-1) / width)


def median(x: Any) -> float:
    x = np.asarray(x, float).reshape(len(x), -1)
    return float(np.median([np.linalg.norm(a - b) for a, b in itertools.combinations(x, 2)]))


def biased(k: Any, m: Any) -> float:
    n = len(k)
    h = np.eye(n) - 1 / n
    return float(np.trace(k @ h @ m @ h)) / n**2


def unbiased(k: Any, m: Any) -> float:
    """Song and others (2012), equation 5."""
    n = len(k)
    k, m = k * (1 - np.eye(n)), m * (1 - np.eye(n))
    one = np.ones(n)
    total = np.trace(k @ m) + (one @ k @ one) * (one @ m @ one) / ((n - 1) * (n - 2))
    return float(total - 2 / (n - 2) * (one @ k @ m @ one)) / (n * (n - 3))


def post(k: Any, m: Any) -> float:
    """The formula of Scientific Spaces 6910, with its factor."""
    n = len(k)
    km = k @ m
    return float(np.trace(km) / n**2 + k.mean() * m.mean() - 2 * km.mean() / n) * n**2 / (n - 1) ** 2
