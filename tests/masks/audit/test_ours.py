"""Our own layers and readers, proven by the same tools as a stranger's."""

import keras
import numpy as np
import pytest

from maskplay import masks
from maskplay.layers import (
    AttentionPooling1D,
    DilatedGatedConv1D,
    HybridEmbedding,
    SinusoidalPositionEmbedding,
)
from maskplay.masks.audit import assert_no_leakage, assert_padding_invariant, dependencies, mask_report
from maskplay.models import AlignedReader, DGCNNReader, TransformerConfig

READERS = {
    "aligned": AlignedReader(
        vocabulary_size=11,
        word_count=7,
        word_dim=3,
        width=8,
        encoder_dilations=(1,),
        asker_dilations=(2,),
        key_dim=4,
        asker_width=6,
        heads=2,
        ngrams=(1, 2),
    ),
    "dgcnn": DGCNNReader(
        vocabulary_size=11,
        word_count=7,
        word_dim=3,
        width=8,
        question_dilations=(1,),
        passage_dilations=(1, 2),
    ),
}


def rows(lengths: list[int], length: int, count: int, seed: int) -> np.ndarray:
    values = np.random.default_rng(seed).integers(2, count, (len(lengths), length))
    return np.where(np.arange(length) < np.array(lengths)[:, None], values, 0).astype("int32")


@pytest.fixture(scope="module", params=READERS)
def reader(request, _compile_quickly):
    network = READERS[request.param].build()
    rng = np.random.default_rng(7)
    for weight in network.trainer.weights:
        weight.assign(rng.normal(0, 0.4, weight.shape))
    return network


@pytest.fixture
def batch():
    return {
        "passage_characters": rows([13, 9], 13, 11, 1),
        "passage_words": rows([13, 9], 13, 7, 2),
        "question_characters": rows([5, 3, 4], 5, 11, 3),
        "question_words": rows([5, 3, 4], 5, 7, 4),
        "row": np.array([1, 0, 0], "int32"),
    }


def test_readers_ignore_padding(reader, batch):
    """Of passages and of questions: its amount, and the words that stand in it."""
    kept = batch["passage_characters"][batch["row"]] != 0
    for what in ("passage", "question"):
        names = [f"{what}_characters", f"{what}_words"]
        assert_padding_invariant(reader.trainer, batch, input=names, kept=kept, amounts=(3,))


def test_readers_see_as_far_as_they_say(reader, batch):
    """Within `radius`, both ways, everything; beyond it nothing."""
    distance = np.abs(np.arange(13)[:, None] - np.arange(13))
    full = {**batch, "passage_characters": rows([13, 13], 13, 11, 1)}
    assert_no_leakage(
        reader.trainer, distance <= reader.radius, full, input="passage_characters", draws=1, unused=False
    )
    found = dependencies(reader.trainer, full, input="passage_characters", draws=1)
    assert found.matrix[distance == reader.radius].any()
    assert not found.apart  # which passage is asked is itself an input


TRANSFORMER = {"vocabulary_size": 11, "width": 8, "depth": 2, "heads": 2, "hidden": 6, "max_positions": 16}
LENGTH = 7
ORDER = np.array([3, 0, 6, 1, 5, 2, 4])
FORMS = {
    "causal": masks.causal(LENGTH),
    "prefix": masks.prefix(np.array([[0, 0, 0, 1, 1, 1, 1]])),
    "permutation": masks.permutation(ORDER),
    "packed": masks.packed(np.array([[1, 1, 1, 2, 2, 2, 2]])) & masks.causal(LENGTH),
}


def transformer(**config):
    network = TransformerConfig(**TRANSFORMER, **config).build()
    rng = np.random.default_rng(7)
    for weight in network.trainable_weights:
        weight.assign(rng.normal(float(weight.path.endswith("gamma")), 0.4, weight.shape))
    return network


@pytest.fixture(scope="module", params=[("post", "absolute"), ("pre", "rotary"), ("post", "relative")])
def encoder(request, _compile_quickly):
    norm, positions = request.param
    return transformer(norm=norm, positions=positions)


@pytest.mark.parametrize("form", FORMS)
def test_the_transformer_looks_where_its_mask_allows(encoder, form):
    """Everywhere there, and nowhere else."""
    network, mask = encoder.get_layer("transformer"), FORMS[form]
    assert_no_leakage(
        lambda tokens: network(tokens, mask=mask), mask, rows([LENGTH] * 2, LENGTH, 11, 1), depth=2, draws=1
    )


def test_the_transformer_ignores_padding(encoder):
    tokens = rows([7, 5, 2], 7, 11, 1)
    batch = {"tokens": tokens, "segments": np.zeros_like(tokens)}
    assert_padding_invariant(encoder, batch, input="tokens", kept=tokens != 0, amounts=(3,))
    report = mask_report(encoder, batch)
    assert report.ok, str(report)


def test_layers_pass_masks_on():
    characters = keras.Input((None,), dtype="int32", name="characters")
    words = keras.Input((None,), dtype="int32", name="words")
    kept = keras.ops.not_equal(characters, 0)
    x = HybridEmbedding(11, 8, (7, 3))(characters, words)
    x = SinusoidalPositionEmbedding(31)(x, mask=kept)
    x = DilatedGatedConv1D(8, dilation_rate=2)(x, mask=kept)
    model = keras.Model({"characters": characters, "words": words}, AttentionPooling1D(4)(x, mask=kept))
    inputs = {"characters": rows([7, 5, 2], 7, 11, 1), "words": rows([7, 7, 7], 7, 7, 2)}
    report = mask_report(model, inputs)
    assert report.ok, str(report)
    assert report.tried[0] == "With other content at the padding of 'words'"
    assert [(layer.kind, layer.verdict) for layer in report.layers] == [
        ("HybridEmbedding", "creates"),
        ("SinusoidalPositionEmbedding", "uses and forwards"),
        ("DilatedGatedConv1D", "uses and forwards"),
        ("AttentionPooling1D", "uses"),
    ]
