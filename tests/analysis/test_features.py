"""Random, Nyström and streamed features."""

import numpy as np
import pytest

from maskplay.analysis.hsic import (
    Gaussian,
    Laplace,
    Linear,
    Nystroem,
    RandomFourier,
    StreamingHSIC,
    cka,
    hsic,
    stream_hsic,
)
from maskplay.analysis.hsic.kernels import as_kernel
from maskplay.analysis.hsic.testing._prepared import Prepared


@pytest.mark.parametrize("kernel", [Gaussian(1.5), Laplace(4.0), Gaussian(3.0, scale=0.5)])
def test_random_features_approximate_their_kernel(kernel: Gaussian) -> None:
    x = np.random.default_rng(0).standard_normal((60, 3))
    features = RandomFourier.draw(kernel, 3, 4000)(x)
    assert np.abs(features @ features.T - kernel(x, x)).max() < 0.09


def test_random_features_want_a_known_width() -> None:
    with pytest.raises(ValueError, match="width must be known"):
        RandomFourier.draw(Gaussian(), 3)
    with pytest.raises(TypeError, match="Gaussian or Laplace kernel"):
        RandomFourier.draw(Linear(), 3)


def test_nystroem_with_all_landmarks_is_exact_and_says_what_it_leaves_out() -> None:
    x = np.random.default_rng(0).standard_normal((80, 2))
    exact = Gaussian().fit(x)
    whole, few = Nystroem.fit(x, exact, count=80), Nystroem.fit(x, exact, count=10)
    assert np.allclose(whole(x) @ whole(x).T, exact(x, x), atol=1e-6)
    left = 1 - np.trace(few(x) @ few(x).T) / 80
    assert few.residual(x) == pytest.approx(left)
    assert whole.residual(x) < 1e-6 < few.residual(x)


def test_a_stream_is_the_whole() -> None:
    """Unbiased over the union: not the mean of what batches say."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((103, 3)) + 100
    y = x[:, :2] ** 2 + rng.standard_normal((103, 2))
    stream = StreamingHSIC(np.asarray, np.asarray)
    for part in (slice(0, 1), slice(1, 40), slice(40, 103)):
        stream.update(x[part], y[part])
    found = stream.result()
    assert found.samples == 103
    assert found.biased == pytest.approx(hsic(x, y, "linear", estimator="biased"), rel=1e-9)
    assert found.unbiased == pytest.approx(hsic(x, y, "linear"), rel=1e-7)
    assert found.cka == pytest.approx(cka(x, y, "linear", estimator="biased"), rel=1e-9)
    pair = Prepared(Linear().gram(x), Linear().gram(y))
    assert found.p_value == pytest.approx(pair.gamma_p_value, rel=1e-6)


def test_streamed_random_features_are_within_their_error() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((600, 4))
    y = np.abs(x[:, :1]) + 0.3 * rng.standard_normal((600, 1))
    kernels = Gaussian().fit(x[:100]), Gaussian().fit(y[:100])
    exact = hsic(x, y, *kernels, estimator="biased")
    found = [
        stream_hsic(((x[i : i + 100], y[i : i + 100]) for i in range(0, 600, 100)), *kernels, seed=seed)
        for seed in range(8)
    ]
    deviations = np.array([one.biased - exact for one in found])
    error = np.mean([one.error for one in found])
    assert 0.3 * error < np.sqrt(np.mean(deviations**2)) < 3 * error
    assert found[0].p_value < 0.001


def test_streams_far_from_the_origin_keep_their_digits() -> None:
    x, y = np.random.default_rng(0).standard_normal((2, 300, 2))
    y[:, 0] += x[:, 0] ** 2
    near, far = (stream_hsic([(x + shift, 1e-9 * (y + shift))]) for shift in (0.0, 1e6))
    assert far.biased == pytest.approx(near.biased, rel=1e-3)


@pytest.mark.parametrize("kernel", ["gaussian", "laplace", "distance"])
def test_streamed_nystroem_features_are_too_small_by_their_bound_at_most(kernel: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((400, 2))
    y = np.abs(x[:, :1]) + 0.3 * rng.standard_normal((400, 1))
    batches = [(x[i : i + 100], y[i : i + 100]) for i in range(0, 400, 100)]
    kernels = [as_kernel(kernel).fit(one[:100]) for one in (x, y)]
    found = stream_hsic(batches, *kernels, features="nystroem", count=20)
    exact = hsic(x, y, *kernels, estimator="biased")
    assert found.biased < exact < found.biased + found.error
    more = stream_hsic(batches, *kernels, features="nystroem", count=100)
    assert more.error < found.error
    labels = np.array(["a", "b"])[(y[:, 0] > 1).astype(int)]
    some = stream_hsic([(x, labels)], kernels[0], "delta", features="nystroem", count=400)
    assert some.biased == pytest.approx(hsic(x, labels, kernels[0], "delta", estimator="biased"), rel=1e-4)
    with pytest.raises(ValueError, match=r"features must be one of fourier, nystroem. Received: 'rff'"):
        stream_hsic(batches, features="rff")  # type: ignore[arg-type]


def test_streams_that_hold_nothing() -> None:
    with pytest.raises(ValueError, match=r"at least one batch. Received: none"):
        stream_hsic(iter(()))
    stream = StreamingHSIC(np.asarray, np.asarray)
    stream.update(np.ones((2, 1)), np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"at least 4 samples. Received: 2"):
        stream.result()
    with pytest.raises(ValueError, match="same number of samples"):
        stream.update(np.ones((2, 1)), np.ones((3, 1)))
