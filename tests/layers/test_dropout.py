"""Tosses are fair, independent of each other, and others for each seed and stream."""

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.layers._dropout import Dropout

on_jax = pytest.mark.skipif(keras.backend.backend() != "jax", reason="other backends have their own tosses")
PLACES = 512 * 512


def tosses(seed=(1, 2), probability=0.9, stream=0, shape=(512, 512)) -> np.ndarray:
    from maskplay.layers._bernoulli import bernoulli

    return np.asarray(bernoulli(np.array(seed, "uint32"), probability, shape, stream))


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation in standard deviations of what chance gives."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1]) * one.size**0.5


@on_jax
@pytest.mark.parametrize("probability", [0.02, 0.5, 0.9, 0.999])
def test_shares_are_those_of_chance(probability):
    heads = np.array([tosses((0, step), probability).mean() for step in range(60)])
    deviations = (heads - probability) / (probability * (1 - probability) / PLACES) ** 0.5
    assert abs(deviations.mean()) < 4 / 60**0.5
    assert 0.6 < deviations.std() < 1.4


@on_jax
@pytest.mark.parametrize(
    ("rows", "columns"), [(0, 1), (1, 0), (1, 1), (0, 2), (0, 16), (64, 0), (256, 0), (3, 5)]
)
def test_places_do_not_know_of_each_other(rows, columns):
    one = np.array([tosses((0, step), 0.5) for step in range(8)])
    assert abs(likeness(one[:, rows:, columns:], one[:, : 512 - rows, : 512 - columns])) < 4.5


@on_jax
@pytest.mark.parametrize(
    "other", [{"seed": (1, 3)}, {"seed": (2, 2)}, {"seed": (2, 1)}, {"stream": 1}, {"stream": 95}]
)
def test_seeds_and_streams_do_not_know_of_each_other(other):
    assert abs(likeness(tosses(probability=0.5), tosses(probability=0.5, **other))) < 4.5


@on_jax
def test_rows_of_many_places_are_as_even_as_chance_has_them():
    rows = tosses((5, 0), 0.5, shape=(4096, 256)).sum(axis=1)
    assert 0.93 < rows.var() / 64 < 1.07


def test_what_is_kept_makes_up_for_what_is_dropped():
    layer = Dropout(0.25, seed=3)
    x = ops.ones((200, 300))
    first, second = (ops.convert_to_numpy(layer(x, training=True)) for _ in range(2))
    assert set(np.unique(first.round(5))) == {0, np.float32(1.33333)}
    assert abs(first.mean() - 1) < 0.02
    assert (first != second).any()
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(x)), 1)
    again = ops.convert_to_numpy(Dropout(0.25, seed=3)(x, training=True))
    np.testing.assert_array_equal(again, first)


@pytest.mark.parametrize(("rate", "left"), [(0.0, 1), (1.0, 0)])
def test_all_or_nothing(rate, left):
    np.testing.assert_array_equal(ops.convert_to_numpy(Dropout(rate)(ops.ones((3, 4)), training=True)), left)


def test_half_numbers_stay_half():
    assert (
        keras.backend.standardize_dtype(Dropout(0.5, dtype="float16")(np.ones((2, 3)), training=True).dtype)
        == "float16"
    )
