"""The aligned reader's network in Keras, which is trained, and run where there is much to do."""

import keras
from keras import ops

from maskplay.layers import DilatedGatedConv1D, ExactMatch, HybridEmbedding
from maskplay.layers._dense import Dense
from maskplay.masks import masked_softmax
from maskplay.models.aligned_reader import AlignedReader
from maskplay.models.compose import (
    encoded_inputs,
    passage_inputs,
    question_inputs,
    reader_network,
    text_inputs,
)
from maskplay.models.reader_network import ReaderNetwork


def build(config: AlignedReader) -> ReaderNetwork:
    """Make the whole network, with fresh weights."""
    trunk = _trunk(config)
    passages, questions = _passage_encoder(config, trunk), _question_encoder(config, trunk)
    return reader_network(passages, questions, _asker(config, passages, questions), config.radius)


def _trunk(config: AlignedReader) -> keras.Model:
    """Make what reads passages and questions alike."""
    # Layers.
    embed = HybridEmbedding(
        config.vocabulary_size, config.width, (config.word_count, config.word_dim), name="embed"
    )
    norm_embedded = keras.layers.LayerNormalization(epsilon=1e-6, name="norm_embedded")
    drop_channels = keras.layers.SpatialDropout1D(config.dropout, name="drop_channels")
    drop_positions = keras.layers.Dropout(
        config.dropout / 3, noise_shape=(None, None, 1), name="drop_positions"
    )
    blocks = _blocks("encode", config.width, config.encoder_dilations, config.dropout)
    norm_encoded = keras.layers.LayerNormalization(epsilon=1e-6, name="norm_encoded")
    key_embedded = Dense(config.key_dim, "relu", use_bias=False, name="key_embedded")
    key_encoded = Dense(config.key_dim, "relu", use_bias=False, name="key_encoded")

    # Functional graph.
    ids = text_inputs()
    kept = ops.not_equal(ids["characters"], 0)
    embedded = drop_positions(drop_channels(norm_embedded(embed(ids["characters"], ids["words"]))))
    x = embedded
    for block in blocks:
        x = block(x, mask=kept)
    encoded = norm_encoded(x)
    keys = ops.concatenate([key_embedded(embedded), key_encoded(encoded)], axis=-1)
    return keras.Model(ids, {"encoded": encoded, "keys": keys}, name="trunk")


def _passage_encoder(config: AlignedReader, trunk: keras.Model) -> keras.Model:
    # Layers.
    project = Dense(config.asker_width, use_bias=False, name="project_passage")

    # Functional graph.
    ids = text_inputs()
    read = trunk(ids)
    outputs = {"passage_keys": read["keys"], "passage_projected": project(read["encoded"])}
    return keras.Model(ids, outputs, name="passage_encoder")


def _question_encoder(config: AlignedReader, trunk: keras.Model) -> keras.Model:
    # Layers.
    width = config.asker_width
    weigh = Dense(config.heads, name="weigh")
    weigh_summary = Dense(1, name="weigh_summary")
    project_aligned = Dense(width, use_bias=False, name="project_aligned")
    project_summary = Dense(width, use_bias=False, name="project_summary")
    condition = Dense(width, name="condition")

    # Functional graph.
    ids = text_inputs()
    kept = ops.not_equal(ids["characters"], 0)
    read = trunk(ids)
    pooling = masked_softmax(weigh_summary(read["encoded"]), kept, axis=1)
    summary = ops.sum(pooling * read["encoded"], axis=1)
    outputs = {
        "question_keys": read["keys"],
        "question_values": project_aligned(read["encoded"]),
        "question_weights": masked_softmax(weigh(read["encoded"]), kept, axis=1),
        "question_scale": project_summary(summary),
        "question_shift": condition(summary),
    }
    return keras.Model(ids, outputs, name="question_encoder")


def _asker(config: AlignedReader, passages: keras.Model, questions: keras.Model) -> keras.Model:
    # Layers.
    width = config.asker_width
    match_characters = ExactMatch(config.ngrams, name="match_characters")
    match_words = ExactMatch((1,), name="match_words")
    drop = keras.layers.SpatialDropout1D(config.dropout, name="drop_fused")
    fuse = Dense(width, "relu", name="fuse")
    blocks = _blocks("ask", width, config.asker_dilations, config.dropout)
    norm = keras.layers.LayerNormalization(epsilon=1e-6, name="norm_asked")
    score = Dense(5, dtype="float32", name="scores")

    # Functional graph.
    inputs = {
        **passage_inputs(),
        **question_inputs(),
        **encoded_inputs(passages),
        **encoded_inputs(questions),
    }
    characters, words, keys, projected = (
        ops.take(inputs[f"passage_{name}"], inputs["row"], axis=0)
        for name in ("characters", "words", "keys", "projected")
    )
    kept = ops.not_equal(characters, 0)
    question_kept = ops.not_equal(inputs["question_characters"], 0)
    question_words = ops.where(question_kept, inputs["question_words"], 0)

    similarity = ops.einsum("plk,pqk->plq", keys, inputs["question_keys"]) / config.key_dim**0.5
    alignment = masked_softmax(similarity, question_kept[:, None, :], axis=2)
    aligned = ops.matmul(alignment, inputs["question_values"])
    features = [
        projected,
        aligned,
        projected * aligned,
        projected * inputs["question_scale"][:, None, :],
        match_characters(characters, inputs["question_characters"], inputs["question_weights"]),
        match_words(words, question_words, inputs["question_weights"]),
    ]
    x = fuse(drop(ops.concatenate(features, axis=-1))) + inputs["question_shift"][:, None, :]
    for block in blocks:
        x = block(x, mask=kept)
    scores = ops.where(kept[:, :, None], score(norm(x)), 0.0)
    return keras.Model(inputs, scores, name="asker")


def _blocks(
    name: str, width: int, rates: tuple[int, ...], channel_dropout: float
) -> list[keras.layers.Layer]:
    return [
        DilatedGatedConv1D(
            width,
            dilation_rate=rate,
            gate_dropout=0.0,
            channel_dropout=channel_dropout,
            name=f"{name}_{i}_rate_{rate}",
        )
        for i, rate in enumerate(rates)
    ]
