"""The DGCNN reader's network in Keras."""

import keras
from keras import ops

from maskplay.layers import AttentionPooling1D, DilatedGatedConv1D, HybridEmbedding
from maskplay.layers._dense import Dense
from maskplay.models.compose import (
    encoded_inputs,
    passage_inputs,
    question_inputs,
    reader_network,
    text_inputs,
)
from maskplay.models.dgcnn_reader import DGCNNReader
from maskplay.models.reader_network import ReaderNetwork


def build(config: DGCNNReader) -> ReaderNetwork:
    """Make the whole network, with fresh weights."""
    passages = _passage_encoder(config)
    questions = _question_encoder(config, passages)
    return reader_network(passages, questions, _asker(config, passages, questions), config.radius)


def _passage_encoder(config: DGCNNReader) -> keras.Model:
    # Layers.
    embed = HybridEmbedding(
        config.vocabulary_size, config.width, (config.word_count, config.word_dim), name="embed"
    )
    drop = keras.layers.Dropout(config.dropout, name="drop")

    # Functional graph.
    ids = text_inputs()
    embedded = drop(embed(ids["characters"], ids["words"]))
    return keras.Model(ids, {"passage_embedded": embedded}, name="passage_encoder")


def _question_encoder(config: DGCNNReader, embed: keras.Model) -> keras.Model:
    # Layers.
    blocks = _blocks("question", config.width, config.question_dilations)
    pool = AttentionPooling1D(config.width, name="pool_question")

    # Functional graph.
    ids = text_inputs()
    kept = ops.not_equal(ids["characters"], 0)
    x = embed(ids)["passage_embedded"]
    for block in blocks:
        x = block(x, mask=kept)
    summary = pool(x, mask=kept)
    return keras.Model(ids, {"question_summary": summary}, name="question_encoder")


def _asker(config: DGCNNReader, passages: keras.Model, questions: keras.Model) -> keras.Model:
    # Layers.
    join = Dense(config.width, use_bias=False, name="join")
    blocks = _blocks("passage", config.width, config.passage_dilations)
    hidden = Dense(config.width, "relu", name="hidden")
    score = Dense(5, dtype="float32", name="scores")

    # Functional graph.
    inputs = {
        **passage_inputs(),
        **question_inputs(),
        **encoded_inputs(passages),
        **encoded_inputs(questions),
    }
    characters = ops.take(inputs["passage_characters"], inputs["row"], axis=0)
    kept = ops.not_equal(characters, 0)
    x = ops.take(inputs["passage_embedded"], inputs["row"], axis=0)
    x = join(ops.concatenate([x, inputs["question_summary"][:, None, :] + ops.zeros_like(x)], axis=-1))
    for block in blocks:
        x = block(x, mask=kept)
    scores = ops.where(kept[:, :, None], score(hidden(x)), 0.0)
    return keras.Model(inputs, scores, name="asker")


def _blocks(name: str, width: int, rates: tuple[int, ...]) -> list[keras.layers.Layer]:
    return [
        DilatedGatedConv1D(width, dilation_rate=rate, gate_dropout=0.1, name=f"{name}_{i}_rate_{rate}")
        for i, rate in enumerate(rates)
    ]
