"""Random matrices keep norms and angles: the post's corollaries, and where they stop."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.analysis.initialization import AngleLaw, MarchenkoPastur, orthogonality, random_matrix

DISTRIBUTIONS = ["normal", "uniform", "truncated_normal", "ternary"]


def skewed(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Neither symmetric nor centred."""
    return rng.exponential(3.0, shape)


@pytest.mark.parametrize(
    ("dimensions", "variance"),
    [(2, np.pi**2 / 12), (3, np.pi**2 / 4 - 2), (10, 0.110662), (50, 0.0204053)],
)
def test_the_variance_of_angles_is_exact(dimensions: int, variance: float) -> None:
    assert AngleLaw(dimensions).variance == pytest.approx(variance, rel=1e-5)


@pytest.mark.parametrize("dimensions", [2, 3, 5, 17, 1000, 100_000])
def test_the_density_of_angles_integrates_to_its_distribution(dimensions: int) -> None:
    law = AngleLaw(dimensions)
    reach = min(np.pi / 2, 8 * law.variance**0.5)
    angles = np.linspace(np.pi / 2 - reach, np.pi / 2 + reach, 20_001)
    density = law.density(angles)
    sums = np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(angles)) + law.cdf(angles[0])
    assert np.abs(sums - law.cdf(angles[1:])).max() < 1e-6
    assert law.cdf([0.0, np.pi / 2, np.pi]) == pytest.approx([0, 0.5, 1], abs=1e-12)


def test_in_three_dimensions_angles_are_those_of_the_sphere() -> None:
    angles = np.linspace(0, np.pi, 23)
    assert AngleLaw(3).cdf(angles) == pytest.approx((1 - np.cos(angles)) / 2)


def test_the_variance_is_nearer_to_one_over_n_less_one() -> None:
    for n in (5, 10, 50, 500):
        exact = AngleLaw(n).variance
        assert abs(exact - 1 / (n - 1)) < abs(exact - 1 / (n - 2)) / 10


def test_corollary_1_random_directions_are_nearly_at_right_angles() -> None:
    """Sampled angles against the law."""
    x, y = np.random.default_rng(1).standard_normal((2, 2000, 37))
    cosines = (x * y).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)
    angles = np.sort(np.arccos(cosines))
    steps = (np.arange(2000) + 0.5) / 2000
    assert np.abs(steps - AngleLaw(37).cdf(angles)).max() < 1.95 / 2000**0.5  # p = 0.001
    assert AngleLaw(10_000).within(5) > 0.999999


def test_corollary_2_a_square_normal_matrix_is_nearly_orthogonal_and_nearer_when_larger() -> None:
    errors = [orthogonality(random_matrix(n, n)).entry_error for n in (23, 89, 233)]
    assert errors == pytest.approx([(1 + 1 / n) / n for n in (23, 89, 233)], rel=0.1)


@pytest.mark.parametrize("distribution", [*DISTRIBUTIONS, skewed])
def test_corollaries_3_and_4_for_any_distribution(distribution: object) -> None:
    found = orthogonality(random_matrix(307, 101, distribution))  # type: ignore[arg-type]
    assert found.entry_error == pytest.approx(1 / 307, rel=0.15)
    assert found.norms.mean() == pytest.approx(1.0, abs=0.02)
    assert found.norms.std() == pytest.approx((2 * 307) ** -0.5, rel=0.2)
    assert found.singular_distance < 0.05
    assert found.angle_distance < 0.03
    assert found.variance == pytest.approx(1 / 307, rel=0.05)


def test_with_fewer_rows_than_columns_norms_are_kept_but_directions_are_lost() -> None:
    found = orthogonality(random_matrix(101, 307))
    assert found.norms.mean() == pytest.approx(1.0, abs=0.02)
    assert found.condition == np.inf
    assert found.singular_distance < 0.05
    assert found.operator_error > 1  # a direction that is lost changes by all of its norm


def test_nearly_orthogonal_entries_are_not_an_orthogonal_operator() -> None:
    found = orthogonality(random_matrix(233, 233))
    assert found.entry_error < 0.005
    assert found.operator_error == pytest.approx(3.0, abs=0.4)
    assert found.singular_values[-1] < 0.05
    assert 40 < found.stable_rank < 80
    product = np.eye(233)
    for layer in range(50):
        product = random_matrix(233, 233, seed=layer) @ product
    deep = orthogonality(product)
    assert deep.stable_rank < 8
    assert 0.5 < deep.norms.mean() < 1.6


def test_a_heavy_tail_has_no_variance_and_no_corollary() -> None:
    def cauchy(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
        return rng.standard_cauchy(shape)

    assert orthogonality(random_matrix(307, 101, cauchy)).singular_distance > 0.3


def test_an_orthogonal_matrix_is_told_apart() -> None:
    q, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((53, 31)))
    found = orthogonality(q)
    assert found.operator_error < 1e-12
    assert found.stable_rank == pytest.approx(31)
    assert found.condition == pytest.approx(1.0)
    assert found.norms == pytest.approx(np.ones(1000))
    assert found.angle_distance > 0.4
    assert found.singular_distance > 0.4


def test_copies_of_columns_show_in_the_angles() -> None:
    w = random_matrix(211, 60)
    assert orthogonality(np.concatenate([w[:, :4]] * 15, axis=1)).angle_distance > 0.15
    assert orthogonality(w).angle_distance < 0.06


def test_measures_are_those_of_the_definitions() -> None:
    w = np.array([[3.0, 0.0], [4.0, 0.0], [0.0, 2.0]])
    found = orthogonality(w)
    assert found.singular_values == pytest.approx([5, 2])
    assert found.entry_error == pytest.approx((24**2 + 3**2) / 4)
    assert found.operator_error == pytest.approx(24)
    assert found.stable_rank == pytest.approx(29 / 25)
    assert found.condition == pytest.approx(2.5)
    assert found.angles == pytest.approx([np.pi / 2])
    assert found.variance == pytest.approx(29 / 6)
    assert "stable rank" in found.table()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_errors_are_those_of_the_gram_matrix(rows: int, columns: int, seed: int) -> None:
    w = np.random.default_rng(seed).standard_normal((rows, columns))
    off = w.T @ w - np.eye(columns)
    found = orthogonality(w)
    assert found.entry_error == pytest.approx((off**2).mean())
    assert found.operator_error == pytest.approx(np.linalg.norm(off, 2))
    assert len(found.angles) == (columns * (columns - 1) // 2 if rows > 1 else 0)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.01, 30))
def test_marchenko_pastur_is_a_law_with_the_right_second_moment(
    rows: int, columns: int, variance: float
) -> None:
    law = MarchenkoPastur(rows, columns, variance)
    s = np.linspace(law.low, law.high, 4001)
    cdf = law.cdf(s)
    assert cdf[0] == pytest.approx(0.0, abs=1e-9)
    assert cdf[-1] == pytest.approx(1.0, abs=1e-6)
    assert (np.diff(cdf) >= -1e-12).all()
    squares = (np.diff(cdf) * ((s[1:] + s[:-1]) / 2) ** 2).sum()
    assert squares == pytest.approx(variance * max(rows, columns), rel=1e-4)
    middle = (law.low + law.high) / 2
    step = (law.high - law.low) / 1e5
    slope = (law.cdf(middle + step) - law.cdf(middle - step)) / (2 * step)
    assert float(slope) == pytest.approx(float(law.density(middle)), rel=1e-3)


@pytest.mark.parametrize("name", ["matrix.png", "matrix.svg"])
@pytest.mark.parametrize("shape", [(40, 30), (1, 3), (5, 1)])
def test_a_picture_is_drawn(tmp_path: Path, name: str, shape: tuple[int, int]) -> None:
    pytest.importorskip("matplotlib")
    orthogonality(random_matrix(*shape)).draw(tmp_path / name)
    content = (tmp_path / name).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    if name.endswith("svg"):
        assert b"prefers-color-scheme: dark" in content
        assert b"var(--c1)" in content
    else:
        assert content.startswith(b"\x89PNG")


def test_faults_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"two axes and entries. Received: shape \(3,\)"):
        orthogonality([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="must be finite"):
        orthogonality([[1.0, np.nan]])
    with pytest.raises(ValueError, match=r"2 dimensions or more. Received: 1"):
        AngleLaw(1)
    with pytest.raises(ValueError, match=r"Sizes must be 1 or more. Received: 0 x 3"):
        MarchenkoPastur(0, 3)
    with pytest.raises(ValueError, match="variance must be a positive number"):
        MarchenkoPastur(3, 3, 0.0)
    with pytest.raises(ValueError, match=r"distribution must be normal, .*Received: 'gauss'"):
        random_matrix(3, 3, "gauss")
    with pytest.raises(ValueError, match=r"array of shape \(3, 2\). Received: \(2, 3\)"):
        random_matrix(3, 2, lambda rng, shape: rng.random((2, 3)))
    with pytest.raises(ValueError, match="not all the same"):
        random_matrix(3, 2, lambda rng, shape: np.ones(shape))
    with pytest.raises(ValueError, match="Sizes must be 1 or more"):
        random_matrix(0, 2)
    found = orthogonality(np.eye(3))
    with pytest.raises(ValueError, match=r'theme must be "auto", "light" or "dark"'):
        found.draw(tmp_path / "a.svg", theme="blue")
    with pytest.raises(ValueError, match=r"must be named .png or .svg. Received: a.pdf"):
        found.draw(tmp_path / "a.pdf")
