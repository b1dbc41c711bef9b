"""Examples as what a network is trained on: passages, and questions with the spans that answer them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from maskplay.datasets import Example
from maskplay.datasets import Passage as ExamplePassage
from maskplay.reading.answer_boundaries import trimmed
from maskplay.reading.buckets import QUESTION_LENGTHS
from maskplay.reading.text_encoder import Ids, TextEncoder


class Pair(NamedTuple):
    """One question asked of one passage: `spans` are its answers there, (start, exclusive end); none if it has none."""

    passage: int
    question: int
    spans: tuple[tuple[int, int], ...]


@dataclass
class TrainingData:
    """Distinct passages and questions, encoded, and the pairs of them that are to be learned.

    A passage longer than `longest` is cut into windows of that length, which overlap by `overlap` characters, so that
    every span of at most `overlap` characters is whole in some window; no example is lost.

    Attributes:
        passages: ids of each distinct passage or window.
        texts: the same as strings.
        questions: ids of each distinct question.
        asked: the same as strings, whole.
        pairs: what is asked of what.
        unclear: (question, passage) of what must not be asked: the answer may be there, but it is not known where.
        taught: for (question, passage), where teachers believe that an answer starts and ends: probabilities
            `(characters, 2)`; see `maskplay.reading.teaching`.
        unlocated: number of pairs left out because no answer could be located although there is one.
    """

    longest: int = 1024
    overlap: int = 256
    passages: list[Ids] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    questions: list[Ids] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    unclear: set[tuple[int, int]] = field(default_factory=set)
    taught: dict[tuple[int, int], np.ndarray] = field(default_factory=dict)
    unlocated: int = 0

    def add(self, examples: Iterable[Example], encode: TextEncoder) -> "TrainingData":
        """Encode examples and add them; passages and questions that several examples share are kept once."""
        known: dict[str, list[tuple[int, int]]] = {}
        asked: dict[str, int] = {}
        for example in examples:
            if example.question not in asked:
                asked[example.question] = len(self.questions)
                self.questions.append(encode(example.question[: QUESTION_LENGTHS[-1]]))
                self.asked.append(example.question)
            for passage in example.passages:
                if passage.text not in known:
                    known[passage.text] = self._windows(passage.text, encode)
                self._ask(asked[example.question], passage, known[passage.text])
        return self

    def _windows(self, text: str, encode: TextEncoder) -> list[tuple[int, int]]:
        """Add the windows of one passage; give for each its number and its first character's offset."""
        ids = encode(text)
        windows = []
        for first in window_starts(len(text), self.longest, self.overlap):
            last = first + self.longest
            windows.append((len(self.passages), first))
            self.passages.append(Ids(ids.characters[first:last], ids.words[first:last]))
            self.texts.append(text[first:last])
        return windows

    def _ask(self, question: int, passage: ExamplePassage, windows: list[tuple[int, int]]) -> None:
        spans = [
            trimmed(passage.text, r.start, r.start + len(r.text))
            for r in passage.references
            if r.start is not None and r.text
        ]
        if passage.references and not spans:
            self.unlocated += 1
            self.unclear.update((question, number) for number, _ in windows)
            return
        for number, first in windows:
            length = len(self.passages[number].characters)
            inside = {(s - first, e - first) for s, e in spans if s >= first and e <= first + length}
            touched = any(s < first + length and e > first for s, e in spans)
            if inside or not touched:
                self.pairs.append(Pair(number, question, tuple(sorted(inside))))
            else:  # a window that cuts the answer would teach neither yes nor no
                self.unclear.add((question, number))


def window_starts(length: int, longest: int, overlap: int) -> list[int]:
    """Find where windows of `longest` characters begin that cover `length` and overlap by at least `overlap`.

    >>> window_starts(25, longest=10, overlap=4)
    [0, 6, 12, 15]
    """
    if length <= longest:
        return [0] if length else []
    starts = list(range(0, length - longest, longest - overlap))
    return [*starts, length - longest]
