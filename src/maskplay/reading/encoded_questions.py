"""Questions encoded once, to be asked of any number of passages."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maskplay.models.reader_network import Part
from maskplay.reading.buckets import QUESTION_LENGTHS, bucket, padded, rounded_rows
from maskplay.reading.text_encoder import Ids


@dataclass(frozen=True)
class EncodedQuestions:
    """Some questions, encoded.

    Attributes:
        lengths: what each was padded to.
        rows: of each, the inputs of the network's asker by name: `(length, ...)` where it has a row for each character,
            `(dim,)` where it is of the question as a whole.
    """

    lengths: list[int]
    rows: list[dict[str, np.ndarray]]

    def inputs(self, numbers: Sequence[int], count: int) -> dict[str, np.ndarray]:
        """Give the asker's inputs `(count, ...)` for some questions, padded to the longest, then rows of padding."""
        length = max(self.lengths[number] for number in numbers)
        chosen = [self.rows[number] for number in numbers]
        return {name: _stacked([row[name] for row in chosen], name, count, length) for name in chosen[0]}


def _stacked(rows: Sequence[np.ndarray], name: str, count: int, length: int) -> np.ndarray:
    first = rows[0]
    of_characters = first.ndim == 2 or name in _IDS
    shape = (count, length, *first.shape[1:]) if of_characters else (count, *first.shape)
    array = np.zeros(shape, first.dtype)
    for i, row in enumerate(rows):
        array[i, : len(row)] = row
    return array


def encode_questions(
    encoder: Part, questions: Sequence[Ids], positions: int, exact: bool
) -> EncodedQuestions:
    """Encode questions, those of like length together.

    Args:
        encoder: a network's `question_encoder`.
        questions: their ids; one without characters is read as padding.
        positions: characters of a batch at most, padding included.
        exact: whether batches may have any shape; else they are few.
    """
    lengths = [bucket(max(1, len(ids.characters)), QUESTION_LENGTHS) for ids in questions]
    rows: list[dict[str, np.ndarray]] = [{} for _ in questions]
    for length in sorted(set(lengths)):
        numbers = [number for number, own in enumerate(lengths) if own == length]
        most = max(1, positions // length)
        for i in range(0, len(numbers), most):
            chosen = numbers[i : i + most]
            count = len(chosen) if exact else rounded_rows(len(chosen), most)
            arrays = _encoded(encoder, [questions[number] for number in chosen], length, count)
            for row, number in enumerate(chosen):
                rows[number] = {name: array[row] for name, array in arrays.items()}
    return EncodedQuestions(lengths, rows)


def _encoded(encoder: Part, questions: Sequence[Ids], length: int, count: int) -> dict[str, np.ndarray]:
    characters = padded([ids.characters for ids in questions], count, length)
    words = padded([ids.words for ids in questions], count, length)
    encoded = encoder.predict_on_batch({"characters": characters, "words": words})
    return {"question_characters": characters, "question_words": words, **encoded}


_IDS = ("question_characters", "question_words")
