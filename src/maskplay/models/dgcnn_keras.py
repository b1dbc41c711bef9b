"""The DGCNN reader's network in Keras."""

import keras
from keras import ops

from maskplay.layers import AttentionPooling1D, DilatedGatedConv1D, HybridEmbedding
from maskplay.models.compose import encoded_inputs, passage_inputs, question_inputs, settle
from maskplay.models.dgcnn_reader import DGCNNReader


def encoder(config: DGCNNReader) -> keras.Model:
    """Make the part that embeds passages and questions; see `ReaderNetwork`."""
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


def asker(config: DGCNNReader, encoder: keras.Model) -> keras.Model:
    """Make the part that asks; see `ReaderNetwork`."""
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
    x = join(ops.concatenate([x, summary + ops.zeros_like(x)], axis=-1))
    for block in read_passage:
        x = block(x, mask=kept)
    scores = ops.where(kept[:, :, None], score(hidden(x)), 0.0)
    return settle(keras.Model({**ids, **question, **passage}, scores, name="asker"))


def _blocks(name: str, width: int, rates: tuple[int, ...]) -> list[keras.layers.Layer]:
    return [
        DilatedGatedConv1D(width, dilation_rate=rate, gate_dropout=0.1, name=f"{name}_{i}_rate_{rate}")
        for i, rate in enumerate(rates)
    ]
