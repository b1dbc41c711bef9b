"""Options of trainings, of readers and of writers."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from maskplay import writing
from maskplay.reading import TrainingOptions
from maskplay.reading.pretraining import PretrainingOptions

KINDS = [TrainingOptions, PretrainingOptions, writing.TrainingOptions]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"epochs": "a"}, TypeError, "epochs must be a whole number. Received: 'a'"),
        ({"epochs": 1.5}, TypeError, "epochs must be a whole number. Received: 1.5"),
        ({"warmup": None}, TypeError, "warmup must be a whole number. Received: None"),
        ({"seed": True}, TypeError, "seed must be a whole number. Received: True"),
        ({"clip": "0.9"}, TypeError, "clip must be a number. Received: '0.9'"),
        ({"save_every": [1]}, TypeError, r"save_every must be a number. Received: \[1\]"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1. Received: 0"),
        ({"learning_rate": 0}, ValueError, "learning_rate must be above 0 and below 1. Received: 0"),
        ({"learning_rate": 1.0}, ValueError, "learning_rate must be above 0 and below 1. Received: 1.0"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate must be finite. Received: nan"),
        ({"clip": 0}, ValueError, "clip must be above 0. Received: 0"),
        ({"clip": float("inf")}, ValueError, "clip must be finite. Received: inf"),
        ({"warmup": -1}, ValueError, "warmup must not be negative. Received: -1"),
        ({"weight_decay": float("nan")}, ValueError, "weight_decay must be finite"),
        ({"save_every": float("nan")}, ValueError, "save_every must be finite. Received: nan"),
        ({"seed": -1}, ValueError, "seed must be from 0 to 4294967295. Received: -1"),
        ({"seed": 2**32}, ValueError, "seed must be from 0 to 4294967295"),
    ],
)
def test_options_that_cannot_be(kind, wrong, error, message):
    with pytest.raises(error, match=message):
        kind(**wrong)


@pytest.mark.parametrize("name", ["ema", "negatives", "crops", "made", "exchanged"])
def test_shares_are_shares(name):
    for wrong in (-0.1, 1.5):
        with pytest.raises(ValueError, match=f"{name} must be from 0 to 1. Received: {wrong}"):
            TrainingOptions(**{name: wrong})


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_numpy_become_plain(kind):
    """A checkpoint keeps them as JSON."""
    given = {"epochs": np.int64(3), "learning_rate": np.float32(0.5), "save_every": 1, "seed": np.uint8(7)}
    options = json.loads(json.dumps(asdict(kind(**given))))
    assert {name: options[name] for name in given} == {
        "epochs": 3,
        "learning_rate": 0.5,
        "save_every": 1.0,
        "seed": 7,
    }
