"""The aligned reader's network in Keras, which is trained, and run where there is much to do."""

import keras
from keras import ops

from maskplay.layers import DilatedGatedConv1D, ExactMatch, HybridEmbedding
from maskplay.masks import masked_softmax
from maskplay.models.aligned_reader import AlignedReader
from maskplay.models.compose import encoded_inputs, passage_inputs, question_inputs, settle


def encoder(config: AlignedReader) -> keras.Model:
    """Make the part that reads passages and questions; see `ReaderNetwork`."""
    # Layers.
    embed = HybridEmbedding(
        config.vocabulary_size, config.width, (config.word_count, config.word_dim), name="embed"
    )
    norm_embedded = keras.layers.LayerNormalization(epsilon=1e-6, name="norm_embedded")
    drop_channels = keras.layers.SpatialDropout1D(config.dropout, name="drop_channels")
    drop_positions = keras.layers.Dropout(
        config.dropout / 3, noise_shape=(None, None, 1), name="drop_positions"
    )
    blocks = [
        DilatedGatedConv1D(
            config.width,
            dilation_rate=rate,
            gate_dropout=0.0,
            channel_dropout=config.dropout,
            name=f"encode_{i}_rate_{rate}",
        )
        for i, rate in enumerate(config.encoder_dilations)
    ]
    norm_encoded = keras.layers.LayerNormalization(epsilon=1e-6, name="norm_encoded")
    key_embedded = keras.layers.Dense(config.key_dim, "relu", use_bias=False, name="key_embedded")
    key_encoded = keras.layers.Dense(config.key_dim, "relu", use_bias=False, name="key_encoded")

    # Functional graph.
    characters = keras.Input((None,), dtype="int32", name="characters")
    words = keras.Input((None,), dtype="int32", name="words")
    kept = ops.not_equal(characters, 0)
    embedded = drop_positions(drop_channels(norm_embedded(embed(characters, words))))
    x = embedded
    for block in blocks:
        x = block(x, mask=kept)
    encoded = norm_encoded(x)
    keys = ops.concatenate([key_embedded(embedded), key_encoded(encoded)], axis=-1)
    inputs = {"characters": characters, "words": words}
    return settle(keras.Model(inputs, {"encoded": encoded, "keys": keys}, name="encoder"))


def asker(config: AlignedReader, encoder: keras.Model) -> keras.Model:
    """Make the part that asks; see `ReaderNetwork`."""
    # Layers.
    width = config.asker_width
    weigh = keras.layers.Dense(config.heads, name="weigh")
    weigh_summary = keras.layers.Dense(1, name="weigh_summary")
    match_characters = ExactMatch(config.ngrams, name="match_characters")
    match_words = ExactMatch((1,), name="match_words")
    project = {
        name: keras.layers.Dense(width, use_bias=False, name=f"project_{name}")
        for name in ("passage", "aligned", "summary")
    }
    drop = keras.layers.SpatialDropout1D(config.dropout, name="drop_fused")
    fuse = keras.layers.Dense(width, "relu", name="fuse")
    condition = keras.layers.Dense(width, name="condition")
    blocks = [
        DilatedGatedConv1D(
            width,
            dilation_rate=rate,
            gate_dropout=0.0,
            channel_dropout=config.dropout,
            name=f"ask_{i}_rate_{rate}",
        )
        for i, rate in enumerate(config.asker_dilations)
    ]
    norm = keras.layers.LayerNormalization(epsilon=1e-6, name="norm_asked")
    score = keras.layers.Dense(5, dtype="float32", name="scores")

    # Functional graph.
    ids, question, passage = passage_inputs(), question_inputs(), encoded_inputs(encoder)
    row = question["row"]
    passage_characters = ops.take(ids["passage_characters"], row, axis=0)
    passage_words = ops.take(ids["passage_words"], row, axis=0)
    passage_keys = ops.take(passage["keys"], row, axis=0)
    passage_projected = ops.take(project["passage"](passage["encoded"]), row, axis=0)
    asked = encoder({"characters": question["question_characters"], "words": question["question_words"]})
    kept = ops.not_equal(passage_characters, 0)
    question_kept = ops.not_equal(question["question_characters"], 0)
    question_words = ops.where(question_kept, question["question_words"], 0)

    similarity = ops.einsum("plk,pqk->plq", passage_keys, asked["keys"]) / config.key_dim**0.5
    alignment = masked_softmax(similarity, question_kept[:, None, :], axis=2)
    aligned = ops.matmul(alignment, project["aligned"](asked["encoded"]))
    weights = masked_softmax(weigh(asked["encoded"]), question_kept, axis=1)
    pooling = masked_softmax(weigh_summary(asked["encoded"]), question_kept, axis=1)
    summary = ops.sum(pooling * asked["encoded"], axis=1, keepdims=True)

    features = [
        passage_projected,
        aligned,
        passage_projected * aligned,
        passage_projected * project["summary"](summary),
        match_characters(passage_characters, question["question_characters"], weights),
        match_words(passage_words, question_words, weights),
    ]
    x = fuse(drop(ops.concatenate(features, axis=-1))) + condition(summary)
    for block in blocks:
        x = block(x, mask=kept)
    scores = ops.where(kept[:, :, None], score(norm(x)), 0.0)
    return settle(keras.Model({**ids, **question, **passage}, scores, name="asker"))
