"""Narrow networks with random weights, compiled once for all tests of the room."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import ops
from safetensors.numpy import load_file, save_file

from maskplay.models import AlignedReader, DGCNNReader, ReaderNetwork, save_checkpoint
from maskplay.models.as_array import as_array

from .random_networks import made
from .small_checkpoints import FAMILIES, TOKENS

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


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder of a BERT with its masked-LM head, and what it says."""
    folder = tmp_path_factory.mktemp("bert")
    network = made(replace(FAMILIES["bert"], head="masked_lm"))
    save_checkpoint(network, folder)
    return folder, ops.convert_to_numpy(network(TOKENS))


@pytest.fixture
def changed(written, tmp_path):
    """Write the folder anew with other tensors, settings or files, and give it."""

    def change(tensors=None, settings=None, vocabulary=None, binary=None):
        found = load_file(written[0] / "model.safetensors")
        found = tensors(found) if tensors else found
        if binary is None:
            save_file(found, tmp_path / "model.safetensors")
        else:
            binary(found, tmp_path / "pytorch_model.bin")
        values = json.loads((written[0] / "config.json").read_text())
        values = {k: v for k, v in {**values, **(settings or {})}.items() if v is not ...}
        (tmp_path / "config.json").write_text(json.dumps(values))
        if vocabulary is not None:
            (tmp_path / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
        return tmp_path

    return change
