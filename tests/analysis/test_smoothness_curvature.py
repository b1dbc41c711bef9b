"""Eigenvalues, their bounds and traces, against matrices whose spectrum is known."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.analysis import smoothness
from maskplay.analysis.smoothness import Interval, extreme_eigenvalues, trace


def matrix_of(eigenvalues: np.ndarray, seed: int = 0) -> np.ndarray:
    q, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((len(eigenvalues),) * 2))
    return q @ np.diag(eigenvalues) @ q.T


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 10**6), st.sampled_from([0.3, 0.01, 1e-6]))
def test_intervals_hold_what_they_promise(size: int, seed: int, tolerance: float) -> None:
    eigenvalues = np.sort(np.random.default_rng(seed).standard_normal(size) * 7.0)
    matrix = matrix_of(eigenvalues, seed)
    found = extreme_eigenvalues(lambda v: matrix @ v, size, tolerance=tolerance, steps=60, seed=seed + 1)
    assert found.converged
    assert found.largest.low <= eigenvalues[-1] + 1e-9
    assert found.smallest.high >= eigenvalues[0] - 1e-9
    assert found.ceiling >= eigenvalues[-1] - 1e-9
    radius = np.abs(eigenvalues).max()
    assert found.modulus.low <= radius + 1e-9
    if tolerance < 1e-3:  # far enough for what the start vector hardly sees
        assert found.modulus.value == pytest.approx(radius, rel=tolerance)
    # There is an eigenvalue in each interval: that of the residual holds whatever is missed.
    for end, error in (
        (found.largest, found.largest.high - found.largest.value),
        (found.smallest, found.smallest.value - found.smallest.low),
    ):
        assert np.abs(eigenvalues - end.value).min() <= error + 1e-9


def test_a_quadratic_is_exact() -> None:
    matrix = matrix_of(np.array([100.0, 31.0, 5.0, 1.0, 0.0, -17.0, -40.0]))
    found = extreme_eigenvalues(lambda v: matrix @ v, 7, tolerance=1e-15)
    for got, true in ((found.largest, 100.0), (found.smallest, -40.0), (found.modulus, 100.0)):
        assert got.value == pytest.approx(true, rel=1e-12)
        assert got.low <= true <= got.high
        assert got.high - got.low < 1e-9
    assert found.products == 7
    assert found.ceiling == found.largest.high


def test_the_end_of_larger_modulus_is_the_lipschitz_constant() -> None:
    found = extreme_eigenvalues(lambda v: np.array([1.0, -9.0, 2.0]) * v, 3)
    assert found.modulus.value == pytest.approx(9.0)


def test_a_spectrum_like_that_of_a_network_takes_few_products() -> None:
    rng = np.random.default_rng(0)
    bulk = np.abs(rng.standard_normal(20_011)) * 0.3
    bulk[:4] = [50.0, 38.0, 21.0, 8.0]
    found = extreme_eigenvalues(lambda v: (bulk * v).astype("float32"), len(bulk), tolerance=0.01)
    assert found.converged
    assert found.products <= 12
    assert found.largest.value == pytest.approx(50.0, rel=0.01)
    assert found.largest.low <= 50.0 <= found.largest.high
    assert found.ceiling > 50.0


def test_the_ceiling_comes_down_with_the_steps_and_stays_above() -> None:
    eigenvalues = np.linspace(0, 1, 3001)
    found = [
        extreme_eigenvalues(lambda v: eigenvalues * v, 3001, tolerance=1e-12, steps=steps)
        for steps in (1, 10, 20, 60)
    ]
    ceilings = [one.ceiling for one in found]
    assert ceilings[0] == float("inf")
    assert sorted(ceilings, reverse=True) == ceilings
    assert 1.0 < ceilings[-1] < 1.1
    assert [one.converged for one in found] == [False] * 4
    assert [one.products for one in found] == [1, 10, 20, 60]


def test_multiples_of_the_unit_matrix_are_known_at_once() -> None:
    found = extreme_eigenvalues(lambda v: 3.0 * v, 1000)
    assert found.products == 1
    assert found.largest.value == pytest.approx(3.0)
    assert extreme_eigenvalues(lambda v: 0.0 * v, 10).largest.value == 0.0


def test_the_trace_is_met_within_its_error_and_exact_on_small_matrices() -> None:
    matrix = matrix_of(np.linspace(0.0, 4.0, 401))
    found = trace(lambda v: matrix @ v, 401, samples=400)
    off = matrix - np.diag(np.diag(matrix))
    assert found.standard_error == pytest.approx(np.sqrt(2 * (off**2).sum() / 400), rel=0.2)
    assert abs(found.value - 802) < 4 * found.standard_error
    small = matrix_of(np.array([1.0, 5.0, -2.0]))
    exact = trace(lambda v: small @ v, 3, samples=5)
    assert (exact.value, exact.standard_error, exact.samples) == (pytest.approx(4.0), 0.0, 3)
    assert str(exact) == "4 ± 0"


def test_intervals_turn_around() -> None:
    assert Interval(1.0, 0.0, 4.0).inverted(2.0) == Interval(2.0, 0.5, float("inf"))
    assert str(Interval(1.0, 1.0, 1.0)) == "1"


@pytest.mark.parametrize(
    ("product", "said"),
    [
        (lambda v: v[:2], r"must be floats of shape \(3,\). Received: float64 \(2,\)"),
        (lambda v: v * np.nan, "must be finite. Received: NaN or infinity"),
        (lambda v: v.astype(int), "must be floats"),
    ],
)
def test_faults_of_products_are_told(product, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        extreme_eigenvalues(product, 3)
    with pytest.raises(ValueError, match=said):
        trace(product, 3)


def test_faults_of_arguments_are_told() -> None:
    with pytest.raises(
        ValueError, match=r"size, steps and tolerance must be positive. Received: 0, 40 and 0.01"
    ):
        extreme_eigenvalues(lambda v: v, 0)
    with pytest.raises(ValueError, match="samples must be 2 or more"):
        trace(lambda v: v, 3, samples=1)


def test_eigenvalues_import_nothing_heavy_and_names_are_listed() -> None:
    program = """
import json, sys
from maskplay.analysis import smoothness
smoothness.extreme_eigenvalues(lambda v: 2.0 * v, 3)
print(json.dumps(list(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300
    )
    assert not {"keras", "jax", "torch", "tensorflow", "scipy", "matplotlib"} & set(json.loads(run.stdout))
    assert len(set(smoothness.__all__)) == len(smoothness.__all__)
    assert set(smoothness.__all__) <= set(dir(smoothness))
    assert all(getattr(smoothness, name) is not None for name in smoothness.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'sharpness'"):
        smoothness.sharpness  # noqa: B018
