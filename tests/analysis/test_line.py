"""Exact statistics of two columns in O(n log n): equal to the quadratic ones, at any size and any scale."""

from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.analysis.hsic import (
    Distance,
    Laplace,
    cka,
    distance_covariance,
    hsic,
    laplace_hsic,
    sliced_hsic,
)
from maskplay.analysis.hsic.testing._prepared import Prepared

SIZES = [2, 3, 4, 15, 16, 17, 31, 33, 100, 255, 257, 300]


def _pair(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x, noise = np.random.default_rng(seed).standard_normal((2, n))
    return x, x**2 + noise


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_laplace_is_the_quadratic_one(n: int, scale: float) -> None:
    x, y = _pair(n)
    found = laplace_hsic(scale * x, y)
    assert found.biased == pytest.approx(hsic(x, y, "laplace", estimator="biased"), rel=1e-9, abs=1e-15)
    assert found.cka == pytest.approx(cka(x, y, "laplace", estimator="biased"), rel=1e-9)
    if n >= 4:
        assert found.unbiased == pytest.approx(hsic(x, y, "laplace"), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("n", [1500, 2048, 2049, 3999])
def test_points_that_are_not_cut_together(n: int, naive: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """On three cores, of which each has several blocks, and with rests that halves leave over."""
    monkeypatch.setattr("maskplay.analysis.hsic.line._dominance._TOGETHER", 64)
    monkeypatch.setattr("maskplay.analysis.hsic.line._dominance.cores", lambda: 3)
    x, y = _pair(n)
    for width in (0.8, 1e-3):
        k, m = naive.laplace(x, width), naive.laplace(y, 1.3)
        means = k.mean(1), m.mean(1)
        exact = (k * m).mean() + k.mean() * m.mean() - 2 * (means[0] * means[1]).mean()
        assert laplace_hsic(x, y, width, 1.3).biased == pytest.approx(exact, rel=1e-10, abs=1e-15)
    a, b = (np.abs(one[:, None] - one) for one in (x, y))
    a, b = (one - one.mean(0) - one.mean(1)[:, None] + one.mean() for one in (a, b))
    assert distance_covariance(x, y).biased == pytest.approx((a * b).mean(), rel=1e-10)


@pytest.mark.parametrize("line", [laplace_hsic, distance_covariance])
def test_memory_is_linear(line: object) -> None:
    """A matrix of so many samples would take 700 GB."""
    import tracemalloc

    peaks = []
    for n in (30_000, 300_000):
        x, y = _pair(n)
        tracemalloc.start()
        line(x, y)  # type: ignore[operator]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 40 * 8 * 300_000
    assert peaks[1] < 12 * peaks[0]


@pytest.mark.parametrize("width", [1e-3, 1e-6])
def test_samples_that_are_wide_for_the_kernel(width: float) -> None:
    x, y = _pair(200)
    x[:50], y[20:70] = np.round(x[:50]), np.round(y[20:70])
    found = laplace_hsic(x, y, width, 0.5)
    kernels = Laplace(width), Laplace(0.5)
    assert found.biased == pytest.approx(hsic(x, y, *kernels, estimator="biased"), rel=1e-9)
    assert found.unbiased == pytest.approx(hsic(x, y, *kernels), rel=1e-7, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-3, 3)), min_size=4, max_size=60))
def test_ties_of_all_kinds(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, float).T
    found = laplace_hsic(x, y, 1.5, 0.5)
    exact = hsic(x, y, Laplace(1.5), Laplace(0.5), estimator="biased")
    assert found.biased == pytest.approx(exact, rel=1e-9, abs=1e-14)
    assert distance_covariance(x, y).biased == pytest.approx(
        hsic(x, y, "distance", estimator="biased"), rel=1e-9, abs=1e-12
    )


@pytest.mark.parametrize("n", SIZES[2:])
def test_distance_covariance_is_the_quadratic_one(n: int) -> None:
    x, y = _pair(n)
    found = distance_covariance(x, y)
    assert found.biased == pytest.approx(hsic(x, y, "distance", estimator="biased"), rel=1e-9)
    assert found.unbiased == pytest.approx(hsic(x, y, "distance"), rel=1e-9, abs=1e-13)


def test_distance_covariance_by_its_definition() -> None:
    x, y = _pair(30)
    a, b = (np.abs(one[:, None] - one) for one in (x, y))
    a, b = (one - one.mean(0) - one.mean(1)[:, None] + one.mean() for one in (a, b))
    found = distance_covariance(x, y)
    assert found.biased == pytest.approx((a * b).mean())
    assert found.cka == pytest.approx((a * b).mean() / ((a * a).mean() * (b * b).mean()) ** 0.5)


@pytest.mark.parametrize(("line", "kernel"), [(laplace_hsic, Laplace()), (distance_covariance, Distance())])
def test_moments_under_independence_are_those_of_the_matrices(line: object, kernel: Laplace) -> None:
    x, y = _pair(60)
    found = line(x, y)  # type: ignore[operator]
    mean, variance = Prepared(kernel.gram(x), kernel.gram(y)).moments
    assert found.null_mean == pytest.approx(mean)
    assert found.null_deviation == pytest.approx(variance**0.5)


@pytest.mark.parametrize("width", [0.7, 1e-3])
def test_the_third_power_is_that_of_the_matrix(width: float, naive: ModuleType) -> None:
    from maskplay.analysis.hsic.line._laplace_sums import row_sums

    x = np.sort(np.round(np.random.default_rng(0).standard_normal(70), 2))
    k = naive.laplace(x, width)
    centred = k - k.mean(0) - k.mean(1)[:, None] + k.mean()
    found = row_sums(x / width)
    assert found.rows == pytest.approx(k.sum(1))
    assert found.square == pytest.approx((k**2).sum())
    assert found.cube == pytest.approx(np.trace(centred @ centred @ centred), rel=1e-9)


@pytest.mark.parametrize("line", [laplace_hsic, distance_covariance])
def test_nothing_overflows_at_eighty_thousand(line: object) -> None:
    """hyppo's fast distance correlation of independent normals is 0 at 56,000 samples and 0.97 at 80,000."""
    x, y = np.random.default_rng(0).standard_normal((2, 80_000))
    found = line(x, y)  # type: ignore[operator]
    assert abs(found.unbiased) < 1e-4
    assert found.p_value > 0.01
    assert 0 < found.cka < 1e-3


def test_slices_see_what_vectors_share() -> None:
    rng = np.random.default_rng(0)
    x, z = rng.standard_normal((2, 400, 5))
    dependent, independent = sliced_hsic(x, np.abs(x), directions=32), sliced_hsic(x, z, directions=32)
    assert dependent.unbiased > 5 * dependent.error > 0
    assert abs(independent.unbiased) < 0.2 * dependent.unbiased
    assert len(dependent.values) == 32
    with pytest.raises(ValueError, match="directions must be 2 or more"):
        sliced_hsic(x, z, directions=1)
    with pytest.raises(ValueError, match=r"at least 4 samples. Received: 3"):
        sliced_hsic(x[:3], z[:3])


def test_several_columns_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one column .* see `sliced_hsic`. Received: shape \(5, 2\)"):
        laplace_hsic(np.zeros((5, 2)), np.zeros(5))
