"""The estimators, against naive ones, the post's own numbers, and data at the edge."""

from types import ModuleType

import numpy as np
import pytest

from maskplay.analysis import hsic as room
from maskplay.analysis.hsic import Gaussian, Laplace, cka, hsic, joint_hsic, kernel_correlation


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((53, 7))
    return x, x[:, :2] ** 2 + rng.standard_normal((53, 2))


def test_every_estimator_is_the_naive_one(naive: ModuleType, pair: tuple) -> None:
    x, y = pair
    k, m = naive.gaussian(x, naive.median(x)), naive.gaussian(y, naive.median(y))
    assert hsic(x, y) == pytest.approx(naive.unbiased(k, m), rel=1e-11)
    assert hsic(x, y, estimator="biased") == pytest.approx(naive.biased(k, m), rel=1e-11)
    assert hsic(x, y, estimator="post") == pytest.approx(naive.post(k, m), rel=1e-11)
    own = naive.unbiased(k, k), naive.unbiased(m, m), naive.unbiased(k, m)
    assert cka(x, y) == pytest.approx(own[2] / (own[0] * own[1]) ** 0.5, rel=1e-11)


def test_blocks_are_the_whole(naive: ModuleType, pair: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = pair
    whole = [hsic(x, y, estimator=one) for one in ("unbiased", "biased")] + [joint_hsic([x, y, x[:, :1]])]
    monkeypatch.setattr("maskplay.analysis.hsic._blocks.MATRIX_LIMIT", 10)
    monkeypatch.setattr("maskplay.analysis.hsic._blocks.BLOCK", 11)
    parts = [hsic(x, y, estimator=one) for one in ("unbiased", "biased")] + [joint_hsic([x, y, x[:, :1]])]
    assert parts == pytest.approx(whole, rel=1e-12)


def test_the_numbers_of_the_post() -> None:
    """n = 1000: independent normals near 0.0002, which is the bias of its estimator; y = x + 0.1 noise near 0.096."""
    kernel = Gaussian(width=0.5**0.5)
    independent, dependent, honest = [], [], []
    for seed in range(8):
        x, noise = np.random.default_rng(seed).standard_normal((2, 1000))
        independent.append(hsic(x, noise, kernel, estimator="post"))
        honest.append(hsic(x, noise, kernel))
        dependent.append(hsic(x, x + 0.1 * noise, kernel, estimator="post"))
    assert 0.0002 < np.mean(independent) < 0.00035
    assert abs(np.mean(honest)) < 0.00005
    assert 0.090 < np.mean(dependent) < 0.100


def test_the_estimator_of_the_post_is_biased_and_the_unbiased_one_is_not() -> None:
    rng = np.random.default_rng(0)
    kernel = Gaussian(1.0)
    both = np.array(
        [
            (hsic(x, y, kernel, estimator="post"), hsic(x, y, kernel))
            for x, y in rng.standard_normal((1500, 2, 8))
        ]
    )
    errors = both.std(0) / len(both) ** 0.5
    assert both[:, 0].mean() > 20 * errors[0]
    assert abs(both[:, 1].mean()) < 4 * errors[1]


def test_unbiased_alignment_does_not_grow_with_columns() -> None:
    x, y = np.random.default_rng(0).standard_normal((2, 32, 512))
    assert cka(x, y, "linear", estimator="biased") > 0.9
    assert abs(cka(x, y, "linear")) < 0.05


@pytest.mark.parametrize("estimator", ["unbiased", "biased"])
def test_digits_survive_a_large_offset_and_float32(estimator: str) -> None:
    x, noise = np.random.default_rng(0).standard_normal((2, 300))
    exact = hsic(x, noise, estimator=estimator)
    assert hsic(x + 1e6, noise - 1e6, estimator=estimator) == pytest.approx(exact, rel=1e-5)
    small = x.astype(np.float32)
    assert hsic(small, noise, estimator=estimator) == hsic(small.astype(float), noise, estimator=estimator)


def test_far_clusters_of_many_columns_keep_their_distances() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((40, 9)) + 1e7 * rng.integers(0, 2, (40, 1))
    kernel = Gaussian(2.0)
    exact = np.exp(-((x[:, None] - x) ** 2).sum(-1) / 8)
    assert np.allclose(kernel.gram(x).full(), exact, atol=1e-8)


@pytest.mark.parametrize("kernel", [None, "laplace", "linear", "polynomial", "distance", "delta"])
def test_constant_variables_depend_on_nothing(kernel: str | None) -> None:
    x, y = np.full((10, 2), 3.7), np.random.default_rng(0).standard_normal((10, 2))
    assert hsic(x, y, kernel) == pytest.approx(0.0, abs=1e-12)
    assert hsic(x, y, kernel, estimator="biased") == pytest.approx(0.0, abs=1e-12)
    assert cka(x, y, kernel) == 0.0
    assert cka(x, x, kernel, estimator="biased") == 0.0
    assert room.independence_test(x, y, kernel, permutations=19).p_value == 1.0


def test_two_samples() -> None:
    k = np.exp(-0.5)  # the width is their distance
    assert hsic([0.0, 1.0], [5.0, 7.0], estimator="biased") == pytest.approx((1 - k) ** 2 / 4)
    assert cka([0.0, 1.0], [5.0, 7.0], estimator="biased") == pytest.approx(1.0)
    with pytest.raises(ValueError, match=r'at least 4 samples; estimator="biased" needs 2. Received: 3'):
        hsic([0.0, 1.0, 2.0], [5.0, 7.0, 8.0])
    with pytest.raises(ValueError, match=r"at least two samples. Received: 1"):
        hsic([0.0], [5.0])


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x must be finite. Received: nan in sample 1, column 0 \(1 such"):
        hsic([0.0, np.nan, 1.0, 2.0], [1.0, 2.0, 3.0, 4.0])
    with pytest.raises(ValueError, match=r"y must be finite. Received: inf in sample 0"):
        hsic([0.0, 1.0], [np.inf, 1.0], estimator="biased")
    with pytest.raises(ValueError, match=r"same number of samples. Received: 2, 3"):
        hsic([0.0, 1.0], [1.0, 2.0, 3.0])
    with pytest.raises(
        ValueError, match=r"estimator must be one of unbiased, biased, post. Received: 'song'"
    ):
        hsic([0.0, 1.0], [1.0, 2.0], estimator="song")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"kernel must be one of gaussian, .*Received: 'rbf'"):
        hsic([0.0, 1.0], [1.0, 2.0], "rbf")
    with pytest.raises(TypeError, match="real numbers for this kernel"):
        hsic(["a", "b"], [1.0, 2.0], "gaussian")
    with pytest.raises(ValueError, match=r"label for every sample. Received: none in sample 1"):
        hsic(np.array(["a", None], object), [1.0, 2.0], "delta", "gaussian")


def test_numbers_that_powers_would_overflow_or_lose() -> None:
    x, y = np.random.default_rng(0).standard_normal((2, 30, 6))
    with pytest.raises(ValueError, match=r"x must hold numbers up to 1e\+75.*Received: 2\.\d+e\+200"):
        hsic(1e200 * x, y)
    for scale in (1e-200, 1e70):
        assert hsic(scale * x, y) == pytest.approx(hsic(x, y), rel=1e-9)
        assert hsic(scale * x[:, 0], y) == pytest.approx(hsic(x[:, 0], y), rel=1e-9)


def test_times_are_numbers_and_complex_ones_are_refused() -> None:
    days = np.arange(20) ** 2 % 17
    assert hsic(days.astype("datetime64[D]"), np.arange(20)) == pytest.approx(hsic(days, np.arange(20)))
    with pytest.raises(ValueError, match="must be finite"):
        hsic(np.array(["2020-01-01", "NaT"] * 5, "datetime64[D]"), np.arange(10))
    with pytest.raises(TypeError, match=r"real numbers or labels.*complex128"):
        hsic(days * 1j, np.arange(20))


def test_linear_alignment_is_squared_correlation() -> None:
    x, noise = np.random.default_rng(3).standard_normal((2, 101))
    y = 2 - 3 * x + noise
    r = np.corrcoef(x, y)[0, 1]
    assert cka(x, y, "linear", estimator="biased") == pytest.approx(r**2)
    assert kernel_correlation(x, y, "linear", estimator="biased") == pytest.approx(abs(r))


def test_labels_are_compared_and_numbers_are_not() -> None:
    """The chi-squared statistic of a table is what HSIC of indicator features is made of."""
    x = np.array(["a", "b", "b", "a", "c", "a"])
    y = np.array([True, False, False, True, True, False])
    k, m = (x[:, None] == x).astype(float), (y[:, None] == y).astype(float)
    h = np.eye(6) - 1 / 6
    assert hsic(x, y, estimator="biased") == pytest.approx(np.trace(k @ h @ m @ h) / 36)


def test_sums_products_and_own_functions() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((17, 3)), rng.standard_normal((17, 1))
    kernel = Gaussian(1.3) + Laplace(0.7) * Gaussian(2.0)

    def own(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return Gaussian(1.3)(a, b) + Laplace(0.7)(a, b) * Gaussian(2.0)(a, b)

    whole = own(x, x)
    expected = hsic(whole, Gaussian(1.0)(y, y), "precomputed")
    assert hsic(x, y, kernel, Gaussian(1.0)) == pytest.approx(expected, rel=1e-12)
    assert hsic(x, y, own, Gaussian(1.0)) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(ValueError, match=r"must give shape \(17, 17\).*Received: \(17, 3\)"):
        hsic(x, y, lambda a, b: a, Gaussian(1.0))


def test_y_has_a_width_of_its_own() -> None:
    """hyppo gives y the width of x, so that power is lost when y is scaled."""
    x, noise = np.random.default_rng(0).standard_normal((2, 200))
    y = x**2 + noise
    assert hsic(x, 1000 * y) == pytest.approx(hsic(x, y), rel=1e-9)
    assert hsic(0.001 * x, y) == pytest.approx(hsic(x, y), rel=1e-9)


def test_joint_dependence_where_no_pair_depends(naive: ModuleType) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 40))
    widths = naive.median(x), naive.median(y)
    assert joint_hsic([x, y]) == pytest.approx(
        naive.biased(naive.gaussian(x, widths[0]), naive.gaussian(y, widths[1])), rel=1e-9
    )
    z = np.sign(x * y) * rng.random(40)
    k = [naive.gaussian(one, naive.median(one)) for one in (x, y, z)]
    rows = np.prod([one.mean(1) for one in k], axis=0).mean()
    expected = (k[0] * k[1] * k[2]).mean() + k[0].mean() * k[1].mean() * k[2].mean() - 2 * rows
    assert joint_hsic([x, y, z]) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(ValueError, match="two variables or more"):
        joint_hsic([x])
