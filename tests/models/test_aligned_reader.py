"""The aligned reader alone: its twin in NumPy, and its n-grams in the radius."""

from dataclasses import replace

import numpy as np
import pytest

from .conftest import ALIGNED, ask, encode, inputs, random_weight


@pytest.fixture(scope="session")
def in_numpy(built):
    trainer = built["aligned"].trainer
    weights = {v.path: np.asarray(v) for v in trainer.trainable_variables}
    (vectors,) = trainer.non_trainable_weights
    return ALIGNED.in_numpy(weights, np.asarray(vectors))


@pytest.mark.parametrize("questions", [[11, 5, 7, 2, 11], [0, 1, 7, 2, 3]], ids=["full", "one empty"])
def test_numpy_computes_what_keras_does(built, in_numpy, questions):
    x = inputs([23, 19, 1], questions, [2, 0, 1, 0, 2], 23, 11)
    # A question that quotes its passage, so that n-grams of every length match.
    x["question_characters"][1, : questions[1]] = x["passage_characters"][0, 4 : 4 + questions[1]]
    np.testing.assert_allclose(ask(in_numpy, x), ask(built["aligned"], x), rtol=1e-4, atol=1e-4)


def test_numpy_reads_less_than_an_ngram(in_numpy):
    """Without padding, the passage or the question is shorter than the longest n-gram."""
    wide = inputs([2, 1, 2], [1, 1, 2, 2, 1], [2, 0, 1, 0, 2], 23, 11)
    narrow = {name: array if name == "row" else array[:, :2] for name, array in wide.items()}
    np.testing.assert_allclose(ask(in_numpy, narrow), ask(in_numpy, wide)[:, :2], atol=1e-5)


def test_numpy_leaves_its_inputs_and_weights_alone(in_numpy):
    x = inputs([23, 19, 7], [11, 5, 7, 2, 11], [2, 0, 1, 0, 2], 23, 11)
    encoded = encode(in_numpy, x)
    before = {name: array.copy() for name, array in {**x, **encoded}.items()}
    first = in_numpy.asker.predict_on_batch({**x, **encoded})
    for name, array in {**x, **encoded}.items():
        np.testing.assert_array_equal(array, before[name])
    np.testing.assert_array_equal(in_numpy.asker.predict_on_batch({**x, **encoded}), first)


def test_numpy_has_the_same_radius_and_no_trainer(in_numpy):
    assert in_numpy.radius == ALIGNED.radius == 7
    assert in_numpy.trainer is None


@pytest.mark.parametrize("side", [-1, 1])
def test_long_ngrams_widen_the_radius(side):
    """A run of 6 matches as long as all 6 are there: its loss is felt 5 further than what the asker sees."""
    config = replace(ALIGNED, ngrams=(1, 6), encoder_dilations=(1,))
    assert config.radius == 4 + 5
    rng = np.random.default_rng(7)
    weights = {path: random_weight(path, shape, rng) for path, shape in config.weight_shapes().items()}
    network = config.in_numpy(weights, rng.normal(0, 1, (20, 5)).astype(np.float32))
    middle = config.radius + 3
    x = inputs([2 * middle + 1], [6], [0], 2 * middle + 1, 11)
    run = slice(middle, middle + 6) if side > 0 else slice(middle - 5, middle + 1)
    x["passage_characters"][0] = np.arange(2 * middle + 1) + 2  # no character twice: one run alone matches
    x["question_characters"][0, :6] = x["passage_characters"][0, run]
    before = ask(network, x)
    x["passage_characters"][0, middle] = 39
    moved = (ask(network, x) != before)[0].any(axis=-1)
    assert moved[middle + side * config.radius]
    assert not moved[: middle - config.radius].any()
    assert not moved[middle + config.radius + 1 :].any()
