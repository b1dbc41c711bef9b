"""What every reader network looks like from outside."""

from dataclasses import dataclass
from typing import Any

import keras

CHANNELS = ("start", "end", "inside", "gate_weight", "gate_value")
"""What the last axis of a network's scores holds, in this order; see `ReaderNetwork`."""


@dataclass(frozen=True)
class ReaderNetwork:
    """One set of weights, seen as two functional Keras models and their composition.

    A passage is encoded once, without the question, and may then be asked many times. Whatever the network says
    about a position depends only on the question and on the passage within `radius` characters of it, so a text of
    any length can be read in pieces with the very same results.

    Attributes:
        encoder: `{"characters": (rows, length), "words": (rows, length)}` ids to a dictionary of float arrays
            `(rows, length, ...)`: all that a question needs to know about the passages.
        asker: that dictionary, the passages' ids (`passage_characters`, `passage_words`), `row` `(pairs,)` (which row
            of the encoded passages each question is asked of), `question_characters` and `question_words`
            `(pairs, question_length)`, to scores `(pairs, length, 5)`.
        trainer: both together, from ids to scores; what is trained and saved.
        radius: how many characters to each side of a position can change its scores.

    The channels of the scores are, in order: the logits that a span starts here and ends here (inclusive), the logit
    that the position lies inside the answer, and two numbers that make the gate: the logit that the passage answers
    the question at all is the mean of `gate_value`, weighted by the softmax of `gate_weight` over the passage. At
    padding all five are 0; they must be masked before they are compared.
    """

    encoder: keras.Model
    asker: keras.Model
    trainer: keras.Model
    radius: int


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
