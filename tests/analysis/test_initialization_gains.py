"""Gains against closed forms, and against sampling."""

from math import erf, exp, inf, pi, sqrt
from typing import Any

import keras
import numpy as np
import pytest

from maskplay.analysis.initialization import gain


def normal_cdf(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


# E f(z)^2 and E f'(z)^2 of a standard normal z, in closed form or known to six digits.
KNOWN = {
    "linear": (1.0, 1.0),
    "relu": (0.5, 0.5),
    "leaky_relu": ((1 + 0.2**2) / 2, (1 + 0.2**2) / 2),
    "elu": (
        0.5 + exp(2) * normal_cdf(-2) - 2 * exp(0.5) * normal_cdf(-1) + 0.5,
        0.5 + exp(2) * normal_cdf(-2),
    ),
    "selu": (1.0, 1.071577),
    "gelu": (1 / 3 + 1 / (2 * pi * sqrt(3)), 0.455851),
    "tanh": (0.394294, 0.464403),
    "sigmoid": (0.293379, 0.04483624),
    "hard_tanh": (0.516060, 0.682689),
}


@pytest.mark.parametrize("name", KNOWN)
def test_gains_are_those_of_closed_forms(name: str) -> None:
    found = gain(name)
    square, slope = KNOWN[name]
    assert found.mean_square == pytest.approx(square, rel=3e-6)
    assert found.slope_mean_square == pytest.approx(slope, rel=3e-6)
    assert found.forward == pytest.approx(square**-0.5, rel=3e-6)
    assert found.backward == pytest.approx(slope**-0.5, rel=3e-6)
    assert found.growth == pytest.approx(slope / square, rel=1e-5)


def test_functions_of_numpy_are_differentiated_too() -> None:
    found = gain(np.sin)
    assert found.mean_square == pytest.approx((1 - exp(-2)) / 2, rel=1e-9)
    assert found.slope_mean_square == pytest.approx((1 + exp(-2)) / 2, rel=1e-7)
    assert found.at_zero == 1.0
    assert gain(lambda z: z**3).mean_square == pytest.approx(15)
    assert gain(lambda z: z**3).slope_mean_square == pytest.approx(27, rel=1e-6)
    assert gain(np.exp).mean == pytest.approx(exp(0.5), rel=1e-8)


@pytest.mark.parametrize("kink", [0.0, 0.3331, -1.7])
def test_kinks_may_be_anywhere(kink: float) -> None:
    found = gain(lambda z: np.maximum(z - kink, 0))
    tail = normal_cdf(-kink)
    density = exp(-(kink**2) / 2) / sqrt(2 * pi)
    assert found.mean == pytest.approx(density - kink * tail, rel=1e-6)
    assert found.mean_square == pytest.approx((1 + kink**2) * tail - kink * density, rel=1e-6)
    assert found.slope_mean_square == pytest.approx(tail, rel=1e-5)


def test_a_step_keeps_norms_and_stops_gradients() -> None:
    found = gain(np.sign)
    assert found.forward == pytest.approx(1.0)
    assert found.backward == inf
    assert found.growth == 0.0
    assert found.depth == 0.0
    assert found.at_zero is None


def test_at_zero_is_the_gain_of_small_inputs() -> None:
    assert gain("tanh").at_zero == pytest.approx(1.0)
    assert gain("tanh", deviation=0.01).forward == pytest.approx(1.0, rel=1e-3)
    assert gain("relu").at_zero is None
    assert gain("relu", deviation=7.0).forward == pytest.approx(sqrt(2))
    assert gain("sigmoid").at_zero == pytest.approx(4.0, rel=1e-3)


def test_depth_is_where_gradients_grow_e_times() -> None:
    assert gain("relu").depth == inf
    found = gain("tanh")
    assert found.growth**found.depth == pytest.approx(np.e)


def test_gains_are_what_sampling_finds() -> None:
    """A layer of 400 units, its weights scaled by the gain, keeps the size of what comes out of it."""
    rng = np.random.default_rng(0)
    factor = gain(lambda z: z / (1 + np.exp(-z))).forward
    z = rng.standard_normal((300, 400))
    for _ in range(8):
        z = (z / (1 + np.exp(-z))) @ rng.standard_normal((400, 400)) * factor / 400**0.5
    assert np.sqrt((z**2).mean()) == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize(
    ("activation", "said"),
    [
        ("softmax", "must map each number by itself. Received: softmax"),
        (keras.activations.log_softmax, "must map each number by itself"),
        ("rulu", "activation of that name in Keras. Received: 'rulu'"),
        (lambda z: 0 * z, "gives zeros only"),
        (np.log, "must give finite numbers. Received: log, not finite"),
    ],
)
def test_faults_are_told(activation: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        gain(activation)


@pytest.mark.parametrize("deviation", [0.0, -1.0, np.nan])
def test_a_deviation_is_positive(deviation: float) -> None:
    with pytest.raises(ValueError, match="deviation must be a positive number"):
        gain("relu", deviation=deviation)
