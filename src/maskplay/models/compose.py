"""The Keras inputs of every reader network, and how its parts make the one that is trained."""

from typing import Any

import keras

from maskplay.models.reader_network import ReaderNetwork


def compose(network: ReaderNetwork) -> keras.Model:
    """Join the parts of a network to the model that is trained.

    Returns:
        A functional model from `passage_characters`, `passage_words` `(rows, length)`, `question_characters`,
        `question_words` `(pairs, question_length)` and `row` `(pairs,)` to scores `(pairs, length, 5)`.
    """
    inputs = {**passage_inputs(), **question_inputs()}
    parts: list[tuple[str, Any]] = [
        ("passage", network.passage_encoder),
        ("question", network.question_encoder),
    ]
    passages, questions = (
        part({name: inputs[f"{of}_{name}"] for name in ("characters", "words")}) for of, part in parts
    )
    asker: Any = network.asker
    return keras.Model(inputs, asker({**inputs, **passages, **questions}), name="reader")


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
