"""Narrow networks with random weights, compiled once for all tests of the room."""

import keras
import numpy as np
import pytest

from maskplay.models import AlignedReader, DGCNNReader, ReaderNetwork
from maskplay.models.as_array import as_array

ALIGNED = AlignedReader(
    vocabulary_size=40,
    word_count=20,
    word_dim=5,
    width=16,
    encoder_dilations=(1, 2),
    asker_dilations=(1, 3),
    key_dim=8,
    asker_width=8,
    heads=2,
    ngrams=(1, 2, 3),
)
DGCNN = DGCNNReader(
    vocabulary_size=40,
    word_count=20,
    word_dim=5,
    width=16,
    question_dilations=(1, 2),
    passage_dilations=(1, 3, 2),
)
CONFIGS = {"aligned": ALIGNED, "dgcnn": DGCNN}


def random_weight(path: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Numbers that matter, for biases and word vectors too."""
    scale = 1.0 if "embeddings" in path else 0.3
    fresh = rng.normal(0, scale, shape)
    return (1 + fresh if path.endswith("gamma") else fresh).astype(np.float32)


def randomise(network: ReaderNetwork) -> ReaderNetwork:
    rng = np.random.default_rng(7)
    for variable in network.trainer.weights:
        variable.assign(random_weight(variable.path, variable.shape, rng))
    return network


def ids(seed: int, lengths: list[int], length: int, count: int) -> np.ndarray:
    """Random ids from 1 in rows of the given lengths, then 0."""
    rng = np.random.default_rng(seed)
    rows = np.zeros((len(lengths), length), np.int32)
    for row, kept in zip(rows, lengths, strict=True):
        row[:kept] = rng.integers(1, count, kept)
    return rows


def inputs(passages: list[int], questions: list[int], row: list[int], length: int, question_length: int):
    """Ids for the trainer: passages and questions of the given lengths."""
    return {
        "passage_characters": ids(1, passages, length, 40),
        "passage_words": ids(2, passages, length, 20),
        "question_characters": ids(3, questions, question_length, 40),
        "question_words": ids(4, questions, question_length, 20),
        "row": np.array(row, np.int32),
    }


def ask(network: ReaderNetwork, x: dict[str, np.ndarray]) -> np.ndarray:
    """Encode, then ask."""
    return as_array(network.asker.predict_on_batch({**x, **encode(network, x)}))


def encode(network: ReaderNetwork, x: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Encode the passages and the questions."""
    encoded = {}
    for of, part in (("passage", network.passage_encoder), ("question", network.question_encoder)):
        ids = {name: x[f"{of}_{name}"] for name in ("characters", "words")}
        encoded |= part.predict_on_batch(ids)
    return encoded


@pytest.fixture(scope="session", autouse=True)
def _compile_quickly():
    """Tests run each shape a few times: most of the time would go into XLA's optimisation."""
    if keras.backend.backend() != "jax":
        yield
        return
    import jax

    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


@pytest.fixture(scope="session")
def built(_compile_quickly: None) -> dict[str, ReaderNetwork]:
    return {name: randomise(config.build()) for name, config in CONFIGS.items()}


@pytest.fixture(params=list(CONFIGS))
def network(request: pytest.FixtureRequest, built: dict[str, ReaderNetwork]) -> ReaderNetwork:
    return built[request.param]
