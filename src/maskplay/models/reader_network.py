"""What every reader network looks like from outside."""

from dataclasses import dataclass
from typing import Any, Protocol

CHANNELS = ("start", "end", "inside", "gate_weight", "gate_value")
"""What the last axis of a network's scores holds, in this order; see `ReaderNetwork`."""


class Part(Protocol):
    """A part of a network: a Keras model, or what stands for one."""

    def predict_on_batch(self, x: Any) -> Any:
        """Compute the outputs for a dictionary of arrays, as arrays or, where another part takes them, tensors."""


@dataclass(frozen=True)
class ReaderNetwork:
    """One set of weights, seen as three parts and, where it can be trained, their composition.

    A passage is encoded once, without the question, and may then be asked many times; a question is encoded once,
    whatever it is asked of. Whatever the network says about a position depends only on the question and on the passage
    within `radius` characters of it, so a text of any length can be read in pieces with the very same results.

    Attributes:
        passage_encoder: `{"characters": (rows, length), "words": (rows, length)}` ids to a dictionary of float arrays
            `(rows, length, ...)`: all that a question needs to know about the passages.
        question_encoder: the same ids of questions `(questions, question_length)` to a dictionary of float arrays
            `(questions, ...)`: all that a passage needs to know about the question.
        asker: the arrays of passages and their ids (`passage_characters`, `passage_words`), `row` `(pairs,)` (which
            row of the passages each question is asked of), the arrays of questions `(pairs, ...)` and their ids
            (`question_characters`, `question_words`) `(pairs, question_length)`, to scores `(pairs, length, 5)`.
        radius: how many characters to each side of a position can change its scores.
        trainer: all together, from ids to scores: the Keras model that is trained and saved; None in NumPy.

    The channels of the scores are, in order: the logits that a span starts here and ends here (inclusive), the logit
    that the position lies inside the answer, and two numbers that make the gate: the logit that the passage answers
    the question at all is the mean of `gate_value`, weighted by the softmax of `gate_weight` over the passage. At
    padding all five are 0; they must be masked before they are compared.
    """

    passage_encoder: Part
    question_encoder: Part
    asker: Part
    radius: int
    trainer: Any = None
