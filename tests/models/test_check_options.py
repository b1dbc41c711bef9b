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
        ({"epochs": "a"}, TypeError, "epochs must be a whole number, such as .*Received: 'a'"),
        ({"epochs": 1.5}, TypeError, "epochs must be a whole number, such as .*Received: 1.5"),
        ({"warmup": None}, TypeError, "warmup must be a whole number, such as .*Received: None"),
        ({"seed": True}, TypeError, "seed must be a whole number, such as 0. Received: True"),
        ({"clip": "0.9"}, TypeError, "clip must be a number, such as .*Received: '0.9'"),
        ({"save_every": [1]}, TypeError, r"save_every must be a number, such as 300.0. Received: \[1\]"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1. Received: 0"),
        ({"learning_rate": 0}, ValueError, "learning_rate must be above 0 and below 1. Received: 0"),
        ({"learning_rate": 1.0}, ValueError, "learning_rate must be above 0 and below 1. Received: 1.0"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate must be above 0"),
        ({"clip": 0}, ValueError, "clip must be above 0 and finite. Received: 0"),
        ({"clip": float("inf")}, ValueError, "clip must be above 0 and finite. Received: inf"),
        ({"warmup": -1}, ValueError, "warmup must not be negative, and be finite. Received: -1"),
        ({"weight_decay": float("nan")}, ValueError, "weight_decay must not be negative"),
        ({"save_every": float("nan")}, ValueError, "save_every must not be negative. Received: nan"),
        ({"seed": -1}, ValueError, "seed must not be negative"),
    ],
)
def test_options_that_cannot_be(kind, wrong, error, message):
    with pytest.raises(error, match=message):
        kind(**wrong)


@pytest.mark.parametrize("name", ["ema", "negatives", "crops", "made", "exchanged"])
def test_shares_are_shares(name):
    for wrong in (-0.1, 1.5, float("nan")):
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
