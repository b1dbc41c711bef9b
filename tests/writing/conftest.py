"""A writer that learned to spell backwards."""

import random
from itertools import product

import pytest

from maskplay.writing import Pair, TrainingOptions, Writer

OPTIONS = TrainingOptions(epochs=11, learning_rate=5e-3, warmup=20, length=32, rows=16, seed=1)


def backwards() -> list[Pair]:
    """All words of one to three of four letters, backwards."""
    words = ["".join(letters) for n in (1, 2, 3) for letters in product("abcd", repeat=n)]
    random.Random(0).shuffle(words)
    return [Pair(word, word[::-1]) for word in words]


def small_writer(**config: object) -> Writer:
    """A fresh writer of letters."""
    settings = {"width": 32, "depth": 2, "heads": 2, "hidden": 64, "max_positions": 40, "dropout": 0.0}
    return Writer.new(
        ["abcd\n"], **{"attention_dropout": 0.0, "initial_deviation": 0.15, **settings, **config}
    )  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def trained() -> Writer:
    """A writer that spells backwards."""
    import keras

    keras.utils.set_random_seed(0)
    writer = small_writer()
    history = writer.fit(backwards() * 8, options=OPTIONS)
    assert history[-1]["loss"] < 0.1 < history[0]["loss"]
    return writer
