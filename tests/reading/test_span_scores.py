"""Raw scores as log-probabilities, by hand."""

import math

import numpy as np
import pytest

from maskplay.reading.span_scores import span_scores


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


RAW = np.array(
    # start, end, inside, gate weight, gate value
    [[1.0, -2.0, 9.0, 0.0, 4.0], [3.0, 0.5, -9.0, math.log(3), -2.0]],
    np.float32,
)


@pytest.mark.parametrize("objective", ["softmax", "focal"])
def test_the_gate_is_the_weighted_mean_of_its_values(objective):
    # Weights 1 and 3: the logit is (1 * 4 + 3 * -2) / 4.
    assert span_scores([RAW], objective).gate == pytest.approx([sigmoid(-0.5)], abs=1e-6)


def test_positions_compete():
    start, end, _ = (one[0] for one in span_scores([RAW], "softmax"))
    assert np.exp(start) == pytest.approx([1 / (1 + math.e**2), math.e**2 / (1 + math.e**2)])
    assert np.exp(end).sum() == pytest.approx(1)
    assert end[1] - end[0] == pytest.approx(2.5)


def test_positions_are_judged_alone():
    start, end, _ = (one[0] for one in span_scores([RAW], "focal"))
    assert np.exp(start) == pytest.approx([sigmoid(1), sigmoid(3)])
    assert np.exp(end) == pytest.approx([sigmoid(-2), sigmoid(0.5)])


@pytest.mark.parametrize("objective", ["softmax", "focal"])
def test_a_passage_is_read_as_alone_beside_a_longer_one(objective):
    longer = np.random.default_rng(0).normal(size=(7, 5)).astype("float32")
    found, alone = span_scores([RAW, longer], objective), span_scores([RAW], objective)
    assert found.start[0, :2] == pytest.approx(alone.start[0])
    assert found.end[0, :2] == pytest.approx(alone.end[0])
    assert (found.start[0, 2:] == -np.inf).all()
    assert (found.end[0, 2:] == -np.inf).all()
    assert found.gate[0] == pytest.approx(alone.gate[0])
    assert np.isfinite(found.start[1]).all()


@pytest.mark.parametrize("objective", ["softmax", "focal"])
def test_huge_scores_stay_finite(objective):
    found = span_scores([RAW * 1e4], objective)
    assert np.isfinite(found.start).all()
    assert np.isfinite(found.end).all()
    assert 0 <= found.gate[0] <= 1
