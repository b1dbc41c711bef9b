"""Every test's share of false findings at 5 %, over thousands of runs, lies in its binomial interval.

`python -m pytest -m slow -rP tests/analysis/test_calibration.py` prints the shares.
"""

from collections.abc import Callable

import numpy as np
import pytest

from maskplay.analysis.hsic import (
    aggregated_test,
    conditional_test,
    distance_covariance,
    effect_size,
    independence_test,
    joint_test,
    laplace_hsic,
    rank_columns,
    stream_hsic,
)

Draw = Callable[[np.random.Generator, int], np.ndarray]
Test = Callable[[np.ndarray, np.ndarray, int], float]
RUNS = 2000
INTERVAL = 3.3 * (0.05 * 0.95 / RUNS) ** 0.5
"""Half of the 99.9 % interval."""

EXACT: dict[str, Test] = {
    "permutation": lambda x, y, seed: independence_test(x, y, permutations=99, seed=seed).p_value,
    "permutation, Laplace": lambda x, y, seed: (
        independence_test(x, y, "laplace", permutations=99, seed=seed).p_value
    ),
    "groups": lambda x, y, seed: (
        independence_test(x, y, permutations=99, groups=np.arange(len(x)) % 2, seed=seed).p_value
    ),
    "blocks": lambda x, y, seed: independence_test(x, y, permutations=99, block=5, seed=seed).p_value,
    "aggregated": lambda x, y, seed: (
        aggregated_test(x, y, scales=(0.5, 1, 2), permutations=99, seed=seed).p_value
    ),
    "joint": lambda x, y, seed: joint_test([x, y], permutations=99, seed=seed).p_value,
}
APPROXIMATE: dict[str, Test] = {
    "gamma": lambda x, y, seed: independence_test(x, y, method="gamma").p_value,
    "gamma, Laplace": lambda x, y, seed: independence_test(x, y, "laplace", method="gamma").p_value,
    "spectral": lambda x, y, seed: (
        independence_test(x, y, method="spectral", permutations=100, seed=seed).p_value
    ),
    "Laplace on a line": lambda x, y, seed: laplace_hsic(x, y).p_value,
    "distance covariance": lambda x, y, seed: distance_covariance(x, y).p_value,
    "stream": lambda x, y, seed: stream_hsic([(x[:50], y[:50]), (x[50:], y[50:])], seed=seed).p_value,
}
SERIES: dict[str, Test] = {
    "blocks": lambda x, y, seed: independence_test(x, y, permutations=99, block=25, seed=seed).p_value,
    "wild": lambda x, y, seed: (
        independence_test(x, y, method="wild", permutations=99, lag=10, seed=seed).p_value
    ),
}


def normal(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_normal(n)


def heavy(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_t(2, n)


def skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.exponential(size=n)


def series(rng: np.random.Generator, n: int) -> np.ndarray:
    """A series that remembers half of its last value."""
    x = rng.standard_normal(n + 20)
    for i in range(1, len(x)):
        x[i] += 0.5 * x[i - 1]
    return x[20:]


def level(name: str, test: Test, n: int, draw: Draw) -> float:
    rng = np.random.default_rng(7)
    share = float(np.mean([test(draw(rng, n), draw(rng, n), seed) <= 0.05 for seed in range(RUNS)]))
    print(f"{name}, {n} samples, {draw.__name__}: {share:.4f} of {RUNS} runs")
    return share


@pytest.mark.slow
@pytest.mark.parametrize("draw", [normal, heavy])
@pytest.mark.parametrize("name", EXACT)
def test_exact_tests(name: str, draw: Draw) -> None:
    assert abs(level(name, EXACT[name], 40, draw) - 0.05) < INTERVAL


@pytest.mark.slow
@pytest.mark.parametrize("draw", [normal, heavy, skewed])
@pytest.mark.parametrize("name", APPROXIMATE)
def test_approximate_tests(name: str, draw: Draw) -> None:
    assert abs(level(name, APPROXIMATE[name], 100, draw) - 0.05) < INTERVAL


@pytest.mark.slow
@pytest.mark.parametrize(("name", "n"), [("blocks", 300), ("wild", 800)])
def test_tests_of_series(name: str, n: int) -> None:
    """The wild bootstrap wants a long series: with 300 samples its level is 0.067."""
    assert abs(level(name, SERIES[name], n, series) - 0.05) < INTERVAL


@pytest.mark.slow
def test_permutations_of_a_series_find_too_much() -> None:
    """What the tests above are for."""
    assert level("permutation", EXACT["permutation"], 300, series) > 0.05 + INTERVAL


@pytest.mark.slow
@pytest.mark.parametrize("method", ["gamma", "wild"])
def test_conditional_tests(method: str) -> None:
    """What the condition explains, by whatever function, is not found."""
    conditions = np.random.default_rng(1)

    def test(a: np.ndarray, b: np.ndarray, seed: int) -> float:
        z = conditions.standard_normal(len(a))
        return conditional_test(
            z + a, np.sin(z) + 0.5 * b, z, method=method, permutations=99, seed=seed
        ).p_value

    assert abs(level(f"conditional {method}", test, 100, normal) - 0.05) < INTERVAL


@pytest.mark.slow
def test_corrected_p_values_of_a_table() -> None:
    """Any column found that has nothing to do with the target."""

    def test(x: np.ndarray, y: np.ndarray, seed: int) -> float:
        table = {str(i): column for i, column in enumerate(x.reshape(5, -1))} | {"y": y[: len(x) // 5]}
        return min(one.adjusted for one in rank_columns(table, "y", permutations=199, seed=seed))

    assert abs(level("any of 5 columns, Holm", test, 200, normal) - 0.05) < INTERVAL


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.7, 0.95])
def test_intervals_of_effect_sizes(correlation: float) -> None:
    """Nine in ten hold the truth, or more: at 200 samples intervals of 95 % are a little too narrow."""
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(RUNS // 2):
        x, noise = rng.standard_normal((2, 200))
        found = effect_size(x, correlation * x + (1 - correlation**2) ** 0.5 * noise)
        inside += found.low <= correlation <= found.high
    share = inside / (RUNS // 2)
    print(f"interval of the effect size, correlation {correlation}: {share:.3f} of {RUNS // 2} runs")
    assert share > 0.87
    assert share < 0.99 or correlation == 0
