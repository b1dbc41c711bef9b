"""The Keras inputs of every reader network, and how its two parts make the one that is trained."""

from typing import Any

import keras

from maskplay.layers import DilatedGatedConv1D


def compose(encoder: keras.Model, asker: keras.Model) -> keras.Model:
    """Join an encoder and an asker to the model that is trained.

    Returns:
        A functional model from `passage_characters`, `passage_words` `(rows, length)`, `question_characters`,
        `question_words` `(pairs, question_length)` and `row` `(pairs,)` to scores `(pairs, length, 5)`.
    """
    passage = passage_inputs()
    question = question_inputs()
    encoded = encoder({"characters": passage["passage_characters"], "words": passage["passage_words"]})
    inputs = {**passage, **question}
    return keras.Model(inputs, asker({**inputs, **encoded}), name="reader")


def settle(model: keras.Model) -> keras.Model:
    """Hide from Keras the projections that no block needs, and which are never built; give the model.

    As long as one layer is not built, Keras runs the whole model without compilation before each `predict_on_batch`,
    and traces it again before each `train_on_batch`.
    """
    for layer in model.layers:
        if isinstance(layer, DilatedGatedConv1D) and layer.projection in layer._layers:
            layer._layers.remove(layer.projection)
    return model


def passage_inputs() -> dict[str, Any]:
    """Make the symbolic ids of the passages, `(rows, length)` each."""
    return _ids("passage_characters", "passage_words")


def question_inputs() -> dict[str, Any]:
    """Make the symbolic ids of the questions `(pairs, question_length)` and the row that each is asked of."""
    row = keras.Input((), dtype="int32", name="row")
    return {**_ids("question_characters", "question_words"), "row": row}


def encoded_inputs(encoder: keras.Model) -> dict[str, Any]:
    """Make symbolic tensors like the encoder's outputs."""
    return {
        name: keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=name)
        for name, tensor in encoder.output.items()
    }


def _ids(*names: str) -> dict[str, Any]:
    return {name: keras.Input((None,), dtype="int32", name=name) for name in names}
