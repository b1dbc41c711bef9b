"""The length prior: a distribution, smooth, with a tail, that survives storage."""

import json

import numpy as np
import pytest

from maskplay.decoding import LengthPrior


def test_it_is_a_distribution_without_holes():
    prior = LengthPrior.fit([3] * 90 + [40] * 10, max_length=61)
    table = np.exp(prior.log_probabilities)
    assert table.sum() == pytest.approx(1)
    assert np.isfinite(prior.log_probabilities).all()
    assert prior.max_length == 61
    assert table.argmax() + 1 == 3
    assert table[2] > table[3] > table[9]
    # the hump at 40 stands above the valley before it
    assert table[39] > 5 * table[19]
    # never seen, yet within reach: the tail alone, 1 % spread as 1 / length
    harmonic = (1 / np.arange(1, 62)).sum()
    assert table[9] == pytest.approx(0.01 / 10 / harmonic, rel=0.01)


def test_lengths_beyond_the_band_are_left_out():
    few = LengthPrior.fit([2, 3, 5], max_length=7)
    many = LengthPrior.fit([2, 3, 5, 0, 8, 100_000], max_length=7)
    assert (few.log_probabilities == many.log_probabilities).all()


def test_a_single_length():
    assert LengthPrior.fit([1], max_length=1).log_probabilities.tolist() == [0.0]


def test_it_survives_json():
    prior = LengthPrior.fit([2, 3, 5], max_length=7)
    again = LengthPrior.from_dict(json.loads(json.dumps(prior.to_dict())))
    np.testing.assert_allclose(again.log_probabilities, prior.log_probabilities, atol=1e-6)


def test_it_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        LengthPrior.fit([2], max_length=3).log_probabilities[0] = 1.0


@pytest.mark.parametrize("lengths", [[], [0], [9, 10]])
def test_nothing_to_learn_from(lengths):
    with pytest.raises(ValueError, match="at least one answer of 1 to 8 characters"):
        LengthPrior.fit(lengths, max_length=8)
    with pytest.raises(ValueError, match="max_length must be at least 1, not 0"):
        LengthPrior.fit(lengths, max_length=0)


@pytest.mark.parametrize(
    "stored",
    [{}, [], None, {"log_probabilities": []}, {"log_probabilities": [1, "x"]}, {"log_probabilities": [[1.0]]}]
    + [{"log_probabilities": [0.0, value]} for value in (float("nan"), float("-inf"))],
)
def test_a_damaged_prior_is_refused(stored):
    with pytest.raises(ValueError, match="length prior"):
        LengthPrior.from_dict(stored)
