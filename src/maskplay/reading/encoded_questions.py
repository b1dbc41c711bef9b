"""Questions encoded once, to be asked of any number of passages."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from maskplay.models.reader_network import Part
from maskplay.reading.buckets import QUESTION_LENGTHS, bucket, padded, rounded_rows
from maskplay.reading.text_encoder import Ids

T = TypeVar("T")


@dataclass(frozen=True)
class EncodedQuestions:
    """Some questions, encoded, in groups of like length.

    Attributes:
        groups: inputs of the network's asker by name, `(questions of the group, ...)`.
        places: of each question, its group and its row there.
    """

    groups: list[dict[str, np.ndarray]]
    places: list[tuple[int, int]]

    def by_group(self, items: Iterable[T], question: Callable[[T], int]) -> list[tuple[int, list[T]]]:
        """Sort items by the group of their question: only questions of a group can be asked together."""
        members: dict[int, list[T]] = defaultdict(list)
        for item in items:
            members[self.places[question(item)][0]].append(item)
        return sorted(members.items())

    def inputs(self, group: int, questions: Sequence[int], count: int) -> dict[str, np.ndarray]:
        """Give the asker's inputs for questions of one group, a row each, with rows of the first up to `count`."""
        rows = [self.places[question][1] for question in questions]
        rows += [0] * (count - len(rows))
        return {name: array[rows] for name, array in self.groups[group].items()}


def encode_questions(encoder: Part, questions: Sequence[Ids], positions: int) -> EncodedQuestions:
    """Encode questions, the shorter first.

    Args:
        encoder: a network's `question_encoder`.
        questions: their ids; one without characters is read as padding.
        positions: characters of a batch at most, padding included.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for number, ids in enumerate(questions):
        members[bucket(len(ids.characters), QUESTION_LENGTHS)].append(number)
    groups: list[dict[str, np.ndarray]] = []
    places = [(0, 0)] * len(questions)
    for length, numbers in sorted(members.items()):
        most = max(1, positions // length)
        for i in range(0, len(numbers), most):
            chosen = numbers[i : i + most]
            for row, number in enumerate(chosen):
                places[number] = len(groups), row
            groups.append(
                _encode(encoder, [questions[n] for n in chosen], length, rounded_rows(len(chosen), most))
            )
    return EncodedQuestions(groups, places)


def _encode(encoder: Part, questions: Sequence[Ids], length: int, rows: int) -> dict[str, np.ndarray]:
    characters = padded([ids.characters for ids in questions], rows, length)
    words = padded([ids.words for ids in questions], rows, length)
    encoded = encoder.predict_on_batch({"characters": characters, "words": words})
    return {"question_characters": characters, "question_words": words, **encoded}
