"""The reader of the posts: dilated gated convolutions over characters and words, and a global gate."""

from dataclasses import asdict, dataclass
from typing import Any

import keras
from keras import ops

from maskplay.layers import AttentionPooling1D, DilatedGatedConv1D, HybridEmbedding
from maskplay.models.reader_network import (
    ReaderNetwork,
    compose,
    encoded_inputs,
    passage_inputs,
    question_inputs,
)


@dataclass(frozen=True)
class DGCNNReader:
    """Configuration of the DGCNN reader (Scientific Spaces 6906, after 5409).

    The question is read by a few dilated gated convolutions and pooled to one vector; the vector is joined to every
    character of the passage, which is read by more of them. Start and end are sigmoids, multiplied by a global gate
    that says whether the passage answers at all; trained with the focal loss.

    One difference: the post pools the passage to a vector before it is compared with the question's; here the gate is
    the pooled mean of one number per character, so that everything the network computes is local and a passage of
    any length can be read in pieces. Since all of the network sees the question, nothing but the embedding is saved
    when a passage is asked again.

    Args:
        vocabulary_size: character ids, padding and unknown included.
        word_count: rows of the word vectors, padding and unknown included.
        word_dim: length of the word vectors.
        width: channels.
        question_dilations: one dilated gated convolution each, over the question.
        passage_dilations: one dilated gated convolution each, over the passage.
        dropout: share of embedded values dropped in training.

    >>> DGCNNReader(vocabulary_size=50, word_count=20, word_dim=7).build().radius
    32
    """

    vocabulary_size: int
    word_count: int
    word_dim: int
    width: int = 128
    question_dilations: tuple[int, ...] = (1, 2, 1)
    passage_dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1)
    dropout: float = 0.1

    # How the scores are trained and read; see `maskplay.reading.objectives`.
    objective = "focal"

    def to_dict(self) -> dict[str, Any]:
        """Give the configuration as JSON-able values."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    def build(self) -> ReaderNetwork:
        """Make the network with fresh weights."""
        encoder = _encoder(self)
        asker = _asker(self, encoder)
        return ReaderNetwork(encoder, asker, compose(encoder, asker), sum(self.passage_dilations))


def _encoder(config: DGCNNReader) -> keras.Model:
    # Layers.
    embed = HybridEmbedding(
        config.vocabulary_size, config.width, (config.word_count, config.word_dim), name="embed"
    )
    drop = keras.layers.Dropout(config.dropout, name="drop")

    # Functional graph.
    characters = keras.Input((None,), dtype="int32", name="characters")
    words = keras.Input((None,), dtype="int32", name="words")
    encoded = drop(embed(characters, words))
    return keras.Model({"characters": characters, "words": words}, {"encoded": encoded}, name="encoder")


def _asker(config: DGCNNReader, encoder: keras.Model) -> keras.Model:
    # Layers.
    read_question = _blocks("question", config.width, config.question_dilations)
    pool = AttentionPooling1D(config.width, name="pool_question")
    join = keras.layers.Dense(config.width, use_bias=False, name="join")
    read_passage = _blocks("passage", config.width, config.passage_dilations)
    hidden = keras.layers.Dense(config.width, "relu", name="hidden")
    score = keras.layers.Dense(5, dtype="float32", name="scores")

    # Functional graph.
    ids, question, passage = passage_inputs(), question_inputs(), encoded_inputs(encoder)
    kept = ops.not_equal(ops.take(ids["passage_characters"], question["row"], axis=0), 0)
    question_kept = ops.not_equal(question["question_characters"], 0)
    asked = encoder({"characters": question["question_characters"], "words": question["question_words"]})
    q = asked["encoded"]
    for block in read_question:
        q = block(q, mask=question_kept)
    summary = pool(q, mask=question_kept)[:, None, :]
    x = ops.take(passage["encoded"], question["row"], axis=0)
    x = join(ops.concatenate([x, ops.broadcast_to(summary, ops.shape(x))], axis=-1))
    for block in read_passage:
        x = block(x, mask=kept)
    scores = ops.where(kept[:, :, None], score(hidden(x)), 0.0)
    return keras.Model({**ids, **question, **passage}, scores, name="asker")


def _blocks(name: str, width: int, rates: tuple[int, ...]) -> list[keras.layers.Layer]:
    return [
        DilatedGatedConv1D(width, dilation_rate=rate, gate_dropout=0.1, name=f"{name}_{i}_rate_{rate}")
        for i, rate in enumerate(rates)
    ]
