"""Effect sizes, witnesses and the self-audit."""

import numpy as np
import pytest

from maskplay.analysis.hsic import (
    Gaussian,
    effect_size,
    gaussian_hsic,
    hsic,
    independence_test,
    self_audit,
    witness,
)


@pytest.mark.parametrize("correlation", [0.3, -0.7])
def test_the_closed_form_is_what_many_samples_give(correlation: float) -> None:
    x, noise = np.random.default_rng(0).standard_normal((2, 3000))
    y = correlation * x + (1 - correlation**2) ** 0.5 * noise
    assert hsic(x, y, Gaussian(1.1), Gaussian(0.6)) == pytest.approx(
        gaussian_hsic(correlation, 1.1, 0.6), rel=0.15
    )


def test_effect_sizes_of_gaussian_pairs_are_their_correlations() -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for seed in range(40):
        correlation = (0.0, 0.4, 0.8)[seed % 3]
        x, noise = rng.standard_normal((2, 300))
        found = effect_size(x, correlation * x + (1 - correlation**2) ** 0.5 * noise)
        assert found.correlation == pytest.approx(correlation, abs=0.25)
        inside += found.low <= correlation <= found.high
    assert inside >= 35


def test_effect_sizes_at_the_edge() -> None:
    x = np.random.default_rng(0).standard_normal(50)
    assert effect_size(x, 3 * x + 1).correlation == pytest.approx(1.0, abs=1e-6)
    assert effect_size(x, np.ones(50)).correlation == 0.0
    labels = np.where(x > 0, "above", "below")
    assert effect_size(labels, labels).correlation == pytest.approx(1.0, abs=1e-6)
    with pytest.raises(ValueError, match=r"at least 4 samples. Received: 3"):
        effect_size([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("columns", [1, 12])
def test_effect_sizes_from_features_are_those_from_matrices(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((90, columns))
    y = x[:, :1] + 0.5 * rng.standard_normal((90, 1))
    usual = effect_size(x, y)
    monkeypatch.setattr("maskplay.analysis.hsic.testing._prepared.thin_pays", lambda *_: columns > 1)
    other = effect_size(x, y)
    assert (other.cka, other.error) == pytest.approx((usual.cka, usual.error), rel=1e-7)


def test_the_witness_shows_how() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 300)
    y = np.where(x > 0.5, x, rng.uniform(-1, 1, 300))
    found = witness(x, y)
    assert found.points.sum() == pytest.approx(found.statistic)
    assert found.statistic == pytest.approx(hsic(x, y, estimator="biased"), rel=1e-8)
    assert found.points[x > 0.5].mean() > 3 * abs(found.points[x < 0.5].mean())
    assert found.share[0] >= found.share[1] > 0
    assert found.share.sum() <= 1 + 1e-9
    covariance = (found.functions_x[:, 0] * found.functions_y[:, 0]).mean()
    assert found.correlation[0] == pytest.approx(covariance)
    assert np.allclose(found.functions_x.std(0), 1)


def test_the_audit_tells_a_sound_test_from_a_broken_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_cauchy(40), rng.integers(0, 3, 40)
    sound = self_audit(x, y, method="gamma", runs=150)
    assert sound.passed
    assert sound.scale_changes < 1e-6
    assert sound.low <= sound.realised <= sound.high
    import maskplay.analysis.hsic.meaning.self_audit as module

    honest = module.independence_test

    def eager(*args: object, **kwargs: object) -> object:
        result = honest(*args, **kwargs)  # type: ignore[arg-type]
        return type(result)(**{**vars(result), "p_value": result.p_value / 4})

    monkeypatch.setattr(module, "independence_test", eager)
    assert not self_audit(x, y, method="gamma", runs=150).passed

    # Another's test: one that gives y the width of x, as hyppo does.
    def foreign(a: np.ndarray, b: np.ndarray) -> float:
        width = Gaussian().fit(a)
        return independence_test(a, b, width, width, method="gamma").p_value

    a = rng.standard_normal(60)
    assert self_audit(a, a**2 + rng.standard_normal(60), method=foreign, runs=20).scale_changes > 0.01
    with pytest.raises(ValueError, match="runs must be 1 or more"):
        self_audit(x, y, runs=0)
