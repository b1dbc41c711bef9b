"""The Keras inputs of every reader network, and how its parts make the one that is trained."""

from typing import Any

import keras

from maskplay.models.compiled_part import CompiledPart, ResidentPart
from maskplay.models.reader_network import ReaderNetwork


def compose(passage_encoder: keras.Model, question_encoder: keras.Model, asker: keras.Model) -> keras.Model:
    """Join the parts of a network to the model that is trained.

    Args:
        passage_encoder: see `ReaderNetwork`; so are the others.
        question_encoder: with the same weights where it does the same.
        asker: of what both give.

    Returns:
        A functional model from `passage_characters`, `passage_words` `(rows, length)`, `question_characters`,
        `question_words` `(pairs, question_length)` and `row` `(pairs,)` to scores `(pairs, length, 5)`.
    """
    inputs = {**passage_inputs(), **question_inputs()}
    parts = [("passage", passage_encoder), ("question", question_encoder)]
    passages, questions = (
        part({name: inputs[f"{of}_{name}"] for name in ("characters", "words")}) for of, part in parts
    )
    return keras.Model(inputs, asker({**inputs, **passages, **questions}), name="reader")


def reader_network(
    passage_encoder: keras.Model, question_encoder: keras.Model, asker: keras.Model, radius: int
) -> ReaderNetwork:
    """Make a network of its parts in Keras; arguments as in `compose` and `ReaderNetwork`."""
    return ReaderNetwork(
        ResidentPart(passage_encoder),
        CompiledPart(question_encoder),
        ResidentPart(asker),
        radius,
        compose(passage_encoder, question_encoder, asker),
    )


def text_inputs() -> dict[str, Any]:
    """Make the symbolic ids of texts of one kind, `characters` and `words` `(rows, length)`."""
    return _ids("characters", "words")


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
