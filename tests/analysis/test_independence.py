"""The tests of independence: exact moments, exact p-values, and the leaders' defects."""

from itertools import permutations

import numpy as np
import pytest

from maskplay.analysis.hsic import (
    Gaussian,
    Laplace,
    aggregated_test,
    conditional_test,
    correct_p_values,
    hsic,
    independence_test,
    joint_test,
    low_rank,
)
from maskplay.analysis.hsic.kernels import as_kernel
from maskplay.analysis.hsic.testing._permutations import free_orders, orders
from maskplay.analysis.hsic.testing._prepared import Prepared


@pytest.mark.parametrize("n", [4, 5, 6])
def test_moments_are_those_of_all_orders(n: int) -> None:
    rng = np.random.default_rng(n)
    x, y = rng.standard_normal((n, 2)), rng.standard_cauchy(n)
    kernels = Gaussian().fit(x), Laplace().fit(y)
    every = [hsic(x, y[list(one)], *kernels, estimator="biased") for one in permutations(range(n))]
    mean, variance = Prepared(kernels[0].gram(x), kernels[1].gram(y)).moments
    assert mean == pytest.approx(np.mean(every), rel=1e-12)
    assert variance == pytest.approx(np.var(every), rel=1e-10)


@pytest.mark.parametrize(
    ("kernel", "kernel_y", "columns", "thin"),
    [
        ("gaussian", "gaussian", 1, True),
        ("gaussian", "laplace", 1, False),
        ("laplace", "gaussian", 1, False),
        ("laplace", "laplace", 1, False),
        ("gaussian", "gaussian", 30, False),
    ],
)
def test_reordered_statistics_are_those_of_reordered_samples(
    kernel: str, kernel_y: str, columns: int, thin: bool
) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((301, columns)), rng.standard_normal((301, columns))
    y[:, 0] += x[:, 0]
    kernels = as_kernel(kernel).fit(x), as_kernel(kernel_y).fit(y)
    prepared = Prepared(kernels[0].gram(x), kernels[1].gram(y))
    assert prepared.thin is thin
    order = free_orders(301, 5, rng)
    expected = [hsic(x, y[one], *kernels, estimator="biased") for one in order]
    fast, exact = prepared.reordered()
    assert fast(order) == pytest.approx(expected, rel=1e-5)
    assert (exact or fast)(order) == pytest.approx(expected, rel=1e-9)
    assert prepared.statistic == pytest.approx(hsic(x, y, *kernels, estimator="biased"), rel=1e-9)


def test_the_p_value_counts_all_orders_that_are_as_dependent() -> None:
    """Ties included: with few distinct samples most orders give one of a few statistics."""
    x = np.array([0.0, 0.0, 1.0, 1.0, 1.0])
    y = np.array([0.0, 0.0, 1.0, 1.0, 0.0])
    kernel = Gaussian(1.0)
    every = [hsic(x, y[list(one)], kernel, estimator="biased") for one in permutations(range(5))]
    share = np.mean(np.array(every) >= hsic(x, y, kernel, estimator="biased") - 1e-12)
    assert independence_test(x, y, kernel, permutations=4000).p_value == pytest.approx(share, abs=0.03)


def test_the_same_seed_gives_the_same_and_plus_one_rules() -> None:
    x, noise = np.random.default_rng(0).standard_normal((2, 60))
    found = [independence_test(x, noise, permutations=99, seed=seed).p_value for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]
    assert independence_test(x, x, permutations=19).p_value == 1 / 20
    result = independence_test(x, x, permutations=19)
    assert (result.samples, result.permutations, result.method) == (60, 19, "permutation")
    assert result.z > 5


def test_every_method_tests_one_statistic_and_keeps_its_seed() -> None:
    """hyppo's differs between its methods, and its permutations ignore the seed."""
    x, noise = np.random.default_rng(0).standard_normal((2, 50))
    y = 0.3 * x + noise
    expected = hsic(x, y, estimator="biased")
    for method in ("permutation", "gamma", "spectral", "wild"):
        found = [independence_test(x, y, method=method, permutations=99, seed=1) for _ in range(2)]
        assert found[0] == found[1]
        assert found[0].statistic == pytest.approx(expected, rel=1e-9)


def test_orders_are_uniform() -> None:
    found = free_orders(3, 60_000, np.random.default_rng(0))
    _, counts = np.unique(found, axis=0, return_counts=True)
    assert len(counts) == 6
    assert np.abs(counts - 10_000).max() < 400


def test_orders_keep_groups_and_blocks() -> None:
    groups = np.array(["a", "b", "a", "b", "b", "a", "c"])
    for chunk in orders(7, 70, np.random.default_rng(0), groups=groups):
        made = chunk()
        assert (groups[made] == groups).all()
        assert (np.sort(made, axis=1) == np.arange(7)).all()
    (chunk,) = orders(20, 8, np.random.default_rng(0), block=5)
    made = chunk()
    assert (np.sort(made, axis=1) == np.arange(20)).all()
    assert ((np.diff(made, axis=1) % 20) == 1).mean() > 0.7
    with pytest.raises(ValueError, match="groups must be one label for each of the 7 samples"):
        orders(7, 1, np.random.default_rng(0), groups=["a"])
    with pytest.raises(ValueError, match=r"block must be between 1 and half of the 7 samples. Received: 4"):
        orders(7, 1, np.random.default_rng(0), block=4)


def test_groups_explain_a_dependence_away() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1], 60)
    x, y = 4 * group + rng.standard_normal((2, 120))
    assert independence_test(x, y, permutations=199).p_value == 0.005
    assert independence_test(x, y, permutations=199, groups=group).p_value > 0.05


@pytest.mark.parametrize("method", ["gamma", "spectral", "wild"])
@pytest.mark.parametrize("kernel", ["gaussian", "laplace"])
def test_other_methods_agree_with_permutations(method: str, kernel: str) -> None:
    rng = np.random.default_rng(0)
    x, noise = rng.standard_normal((2, 150))
    y = 0.15 * x**2 + noise
    exact = independence_test(x, y, kernel, permutations=1999).p_value
    assert 0.001 < exact < 0.5
    # A series that remembers nothing: the wild bootstrap's multipliers are then independent.
    found = independence_test(x, y, kernel, method=method, lag=0.01)
    assert found.p_value == pytest.approx(exact, rel=0.4, abs=0.02)


def test_neighbours_in_time_mislead_permutations_and_not_the_wild_bootstrap() -> None:
    rng = np.random.default_rng(0)
    rejected = np.zeros(3)
    for seed in range(30):
        x, y = rng.standard_normal((2, 100))
        for i in range(1, 100):
            x[i] += 0.85 * x[i - 1]
            y[i] += 0.85 * y[i - 1]
        for which, options in enumerate(({}, {"block": 20}, {"method": "wild", "lag": 10})):
            rejected[which] += independence_test(x, y, permutations=99, seed=seed, **options).p_value <= 0.05
    assert rejected[0] > 9
    assert max(rejected[1:]) < 8


def test_a_float32_doubt_is_settled_in_float64() -> None:
    """A statistic that is nearly reached by many orders: the count is that of float64."""
    x = np.repeat([0.0, 1.0], 50)
    y = np.tile([0.0, 1.0], 50)
    prepared = Prepared(Gaussian(1.0).gram(x), Gaussian(1.0).gram(y))
    order = np.concatenate([chunk() for chunk in orders(100, 500, np.random.default_rng(5).spawn(1)[0])])
    _, exact = prepared.reordered()
    assert exact is not None
    reached = int((exact(order) >= prepared.statistic - 1e-9 * exact(order).max()).sum())
    result = independence_test(x, y, Gaussian(1.0), permutations=500)
    assert result.p_value == pytest.approx((1 + reached) / 501, abs=0.08)
    assert result.p_value == 1.0  # the observed table is as even as can be


def test_large_samples_need_no_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300, 20))
    small = independence_test(x, x[:, :1], permutations=99)
    monkeypatch.setattr("maskplay.analysis.hsic.testing._prepared.MATRIX_LIMIT", 100)
    large = independence_test(x, x[:, :1], permutations=99)
    assert small.residual == 0.0
    assert 0 < large.residual < 0.5
    assert large.p_value <= 0.05
    assert large.statistic == pytest.approx(small.statistic, rel=0.2)


def test_joint_tests_keep_each_variable_together() -> None:
    """hyppo reorders each column on its own: 28 % false findings where a variable's columns depend on each other."""
    rng = np.random.default_rng(0)
    p_values = []
    for seed in range(60):
        common = rng.standard_normal((2, 40, 1))
        x, y = common + 0.1 * rng.standard_normal((2, 40, 3))
        p_values.append(joint_test([x, y], permutations=59, seed=seed).p_value)
    assert np.mean(np.array(p_values) <= 0.05) < 0.15
    assert np.mean(p_values) > 0.35


def test_joint_test_finds_what_no_pair_shows() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 2, (2, 100)).astype(bool)
    assert joint_test([x, y, x ^ y], permutations=99).p_value == 0.01
    assert joint_test([x, y, rng.random(100)], permutations=99).p_value > 0.05


def test_conditional_tests_take_a_condition() -> None:
    """hyppo's takes none. Common causes are seen through, and what they do not explain is found."""
    rng = np.random.default_rng(0)
    z, a, b = rng.standard_normal((3, 150))
    for method in ("gamma", "wild"):
        assert conditional_test(np.sin(z) + 0.5 * a, z**2 + 0.5 * b, z, method=method).p_value > 0.05
        assert conditional_test(z + a, z + a + b, z, method=method).p_value < 0.01
        assert conditional_test(a, a * z + 0.5 * b, z, method=method).p_value < 0.01
    assert independence_test(z + a, z + b).p_value < 0.01
    constant = conditional_test(a, a + b, np.zeros(150))
    assert constant.p_value < 0.01  # a constant explains nothing
    assert conditional_test(np.ones(150), z + a, z).p_value == 1.0  # and has nothing to say


def test_widths_are_per_variable_and_follow_the_scale() -> None:
    """hyppo and causal-learn lose power when a variable is multiplied by 1,000 or by 1/100."""
    x, noise = np.random.default_rng(0).standard_normal((2, 200))
    y = 0.5 * x**2 + noise
    plain = independence_test(x, y, method="gamma").p_value
    for a, b in ((1, 1000), (1000, 1), (1, 0.01), (0.01, 100)):
        assert independence_test(a * x, b * y, method="gamma").p_value == pytest.approx(plain, rel=1e-6)
    z = np.random.default_rng(1).standard_normal(200)
    one = conditional_test(x, y, z).p_value
    assert conditional_test(100 * x, 0.01 * y, 100 * z).p_value == pytest.approx(one, rel=1e-4)


def test_aggregation_finds_narrow_dependence_without_a_width() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 200)
    y = np.sin(16 * x) + 0.4 * rng.standard_normal(200)
    found = aggregated_test(x, y, permutations=199)
    assert found.p_value <= 0.01
    assert found.scales[0] < 1
    assert found.p_values.shape == (4, 4)
    assert found.p_values.min() == found.best.p_value
    assert aggregated_test(x, rng.permutation(y), permutations=199).p_value > 0.05
    with pytest.raises(ValueError, match="at least one scale"):
        aggregated_test(x, y, scales=[])


def test_corrections_by_hand() -> None:
    p = [0.04, 0.001, 0.03, 0.5]
    assert correct_p_values(p).tolist() == pytest.approx([0.09, 0.004, 0.09, 0.5])
    assert correct_p_values(p, "bonferroni").tolist() == pytest.approx([0.16, 0.004, 0.12, 1.0])
    hochberg = correct_p_values(p, "benjamini-hochberg")
    assert hochberg.tolist() == pytest.approx([0.16 / 3, 0.004, 0.16 / 3, 0.5])
    harmonic = 1 + 1 / 2 + 1 / 3 + 1 / 4
    yekutieli = correct_p_values(p, "benjamini-yekutieli")
    assert yekutieli.tolist() == pytest.approx(np.minimum(hochberg * harmonic, 1).tolist())
    with pytest.raises(ValueError, match="numbers between 0 and 1"):
        correct_p_values([0.1, 1.2])


def test_low_rank_features_are_the_centred_matrix() -> None:
    x = np.random.default_rng(0).standard_normal(200)
    gram = Gaussian().gram(x)
    found = low_rank(gram)
    k = gram.full()
    centred = k - k.mean(0) - k.mean(1)[:, None] + k.mean()
    assert np.allclose(found.features @ found.features.T, centred, atol=1e-10)
    assert np.allclose(found.eigenvalues, np.linalg.eigvalsh(centred)[::-1][: found.rank], atol=1e-9)
    coarse = low_rank(gram, max_rank=5)
    left = np.trace(centred - coarse.features @ coarse.features.T) / np.trace(centred)
    assert coarse.rank <= 5
    assert left <= coarse.residual * (1 + 1e-9)


def test_bad_options_are_refused() -> None:
    x = np.arange(10.0)
    with pytest.raises(ValueError, match="method must be one of permutation, gamma"):
        independence_test(x, x, method="chi2")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"permutations must be 1 or more. Received: 0"):
        independence_test(x, x, permutations=0)
    with pytest.raises(ValueError, match="groups and block need method"):
        independence_test(x, x, method="gamma", block=2)
    with pytest.raises(ValueError, match="lag must be positive"):
        independence_test(x, x, method="wild", lag=-1)
