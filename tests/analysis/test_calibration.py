"""Every test's share of false findings at 5 %, over thousands of runs, lies in its binomial interval."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from maskplay.analysis.hsic import (
    aggregated_test,
    conditional_test,
    distance_covariance,
    independence_test,
    joint_test,
    laplace_hsic,
)

Test = Callable[[np.ndarray, np.ndarray, int], float]

EXACT: dict[str, Test] = {
    "permutation": lambda x, y, seed: independence_test(x, y, permutations=99, seed=seed).p_value,
    "permutation, Laplace": lambda x, y, seed: (
        independence_test(x, y, "laplace", permutations=99, seed=seed).p_value
    ),
    "aggregated": lambda x, y, seed: (
        aggregated_test(x, y, scales=(0.5, 1, 2), permutations=99, seed=seed).p_value
    ),
    "joint": lambda x, y, seed: joint_test([x, y], permutations=99, seed=seed).p_value,
    "groups": lambda x, y, seed: (
        independence_test(x, y, permutations=99, groups=np.arange(len(x)) % 2, seed=seed).p_value
    ),
}
APPROXIMATE: dict[str, Test] = {
    "gamma": lambda x, y, seed: independence_test(x, y, method="gamma").p_value,
    "spectral": lambda x, y, seed: (
        independence_test(x, y, method="spectral", permutations=100, seed=seed).p_value
    ),
    "Laplace on a line": lambda x, y, seed: laplace_hsic(x, y).p_value,
    "distance covariance": lambda x, y, seed: distance_covariance(x, y).p_value,
}


def level(test: Test, runs: int, n: int, draw: Callable[[Any, int], Any]) -> float:
    rng = np.random.default_rng(7)
    return float(np.mean([test(draw(rng, n), draw(rng, n), seed) <= 0.05 for seed in range(runs)]))


def normal(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_normal(n)


def heavy(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_t(2, n)


def interval(runs: int) -> float:
    """Half of the 99.9 % interval."""
    return 3.3 * (0.05 * 0.95 / runs) ** 0.5


@pytest.mark.slow
@pytest.mark.parametrize("draw", [normal, heavy])
@pytest.mark.parametrize("name", EXACT)
def test_exact_tests(name: str, draw: Callable[[Any, int], Any]) -> None:
    assert abs(level(EXACT[name], 2000, 40, draw) - 0.05) < interval(2000)


@pytest.mark.slow
@pytest.mark.parametrize("name", APPROXIMATE)
def test_approximate_tests(name: str) -> None:
    assert abs(level(APPROXIMATE[name], 2000, 100, normal) - 0.05) < interval(2000)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["gamma", "wild"])
def test_conditional_tests_stay_near_their_level(method: str) -> None:
    """Approximate, and rather too careful than too bold."""
    rng = np.random.default_rng(0)
    found = []
    for seed in range(400):
        z, a, b = rng.standard_normal((3, 80))
        test = conditional_test(z + a, np.sin(z) + 0.5 * b, z, method=method, permutations=99, seed=seed)
        found.append(test.p_value <= 0.05)
    assert 0.0 < np.mean(found) < 0.05 + interval(400)


@pytest.mark.slow
def test_the_wild_bootstrap_on_series() -> None:
    """Approximate: near its level where the series' memory is short against their length."""
    rng = np.random.default_rng(0)
    found = []
    for seed in range(500):
        x, y = rng.standard_normal((2, 200))
        for i in range(1, 200):
            x[i] += 0.5 * x[i - 1]
            y[i] += 0.5 * y[i - 1]
        found.append(
            independence_test(x, y, method="wild", permutations=199, lag=8, seed=seed).p_value <= 0.05
        )
    assert 0.01 < np.mean(found) < 0.09
