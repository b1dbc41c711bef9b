"""Each epoch's own version of the training data."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from maskplay.reading.recurring import Recurring, means, recurring, sentences
from maskplay.reading.teaching import part
from maskplay.reading.text_encoder import Ids, TextEncoder
from maskplay.reading.training_data import Pair, TrainingData
from maskplay.text import segment

_CLAUSE = re.compile("[，,；;：:]")
_RARE = 0.01  # of the passages at most have a name
_LONGEST_QUESTION = 28  # of the passage, so that it does not make a batch of questions longer


class _Text(NamedTuple):
    """What is known of a passage as a text."""

    text: str
    sentences: list[tuple[int, int]]
    recurring: list[Recurring]


class Variations:
    """Makes other training data of the given ones: with crops of the passages, and questions that nobody wrote.

    A crop is a few sentences around an answer. It is a short passage, and what else was asked of the whole passage is
    asked of it too: the gate learns that what is said about the topic need not answer the question.

    A question is made from a sentence that is taken out of its passage: something in it that another sentence says
    too is replaced by "what", and the other sentence is to be found (as in Splinter, Ram et al. 2021, for pretraining).

    A name that question and passage share is exchanged for another one: in the passage alone, which then does not
    answer the question any more, or in both, which changes nothing. So the gate learns who is spoken of, and nothing
    is learned by heart.

    Args:
        data: passages, questions and pairs.
        encode: what encoded them.
        crops: share of the passages of which a crop is added.
        made: share of the passages that give a sentence for a question.
        exchanged: share of the passages of which a crop with another name is added.
    """

    def __init__(
        self,
        data: TrainingData,
        encode: TextEncoder,
        *,
        crops: float = 0.5,
        made: float = 0.6,
        exchanged: float = 0.6,
    ) -> None:
        self.data = data
        self.encode = encode
        self.crops = crops
        self.made = made
        self.exchanged = exchanged
        words = [segment(text, encode.segmenter) for text in data.texts]
        found = recurring(words)
        self._names = _names_in(words)
        self._known = {name for names in self._names.values() for name in names}
        self._texts = [
            _Text(text, sentences(text), runs) for text, runs in zip(data.texts, found, strict=True)
        ]
        self._pairs: dict[int, list[Pair]] = defaultdict(list)
        for pair in data.pairs:
            self._pairs[pair.passage].append(pair)
        self._what, self._how_many = encode("什么"), encode("多少")

    def __call__(self, rng: np.random.Generator) -> TrainingData:
        """Make the data of one epoch: every pair of the given data, whole, and what is added to them."""
        varied = replace(
            self.data,
            passages=list(self.data.passages),
            questions=list(self.data.questions),
            pairs=[],
            unclear=set(self.data.unclear),
            taught=dict(self.data.taught),
        )
        for passage, pairs in self._pairs.items():
            if rng.random() < self.crops:
                self._add_crop(varied, passage, pairs, rng)
            if rng.random() >= self.made or not self._add_made(varied, passage, pairs, rng):
                varied.pairs.extend(pairs)
            if rng.random() < self.exchanged:
                self._add_exchanged(varied, passage, pairs, rng)
        return varied

    def _crop(self, pair: Pair, rng: np.random.Generator) -> tuple[int, int]:
        """Choose some sentences around an answer."""
        _, cut, _ = self._texts[pair.passage]
        start, end = pair.spans[0]
        touched = [i for i, (first, last) in enumerate(cut) if first < end and last > start]
        before, after = rng.integers(0, 4, size=2)
        return cut[max(0, touched[0] - before)][0], cut[min(len(cut) - 1, touched[-1] + after)][1]

    def _add_crop(
        self, varied: TrainingData, passage: int, pairs: list[Pair], rng: np.random.Generator
    ) -> None:
        answered = [pair for pair in pairs if pair.spans]
        if not answered:
            return
        text = self._texts[passage].text
        first, last = self._crop(answered[rng.integers(len(answered))], rng)
        if (first, last) == (0, len(text)):
            return
        number = _append(varied, _slices(varied.passages[passage], (first, last)))
        for pair in pairs:
            inside = tuple((s - first, e - first) for s, e in pair.spans if s >= first and e <= last)
            if inside or not any(text[s:e] in text[first:last] for s, e in pair.spans):
                varied.pairs.append(Pair(number, pair.question, inside))
                self._teach(varied, pair, number, slice(first, last))
            else:  # the same words are there, but perhaps not for the same reason
                varied.unclear.add((pair.question, number))

    def _add_exchanged(
        self, varied: TrainingData, passage: int, pairs: list[Pair], rng: np.random.Generator
    ) -> None:
        """Add a crop in which a name of the question is another one, and ask of it with the old name or the new."""
        answered = [pair for pair in pairs if pair.spans]
        if not answered:
            return
        pair = answered[rng.integers(len(answered))]
        first, last = self._crop(pair, rng)
        crop, question = self._texts[passage].text[first:last], self.data.asked[pair.question]
        spans = tuple((s - first, e - first) for s, e in pair.spans if s >= first and e <= last)
        old = self._shared_name(question, crop, [crop[start:end] for start, end in spans], rng)
        if old is None:
            return
        new = self._names[len(old)][rng.integers(len(self._names[len(old)]))]
        if new in crop or new in question:
            return
        ids = self._with_other(_slices(self.data.passages[passage], (first, last)), crop, old, new)
        number = _append(varied, ids)
        if rng.random() < 0.5:
            varied.pairs.append(Pair(number, pair.question, ()))
            return
        asked = self._with_other(self.data.questions[pair.question], question, old, new)
        varied.pairs.append(Pair(number, len(varied.questions), spans))
        varied.questions.append(asked)

    def _shared_name(
        self, question: str, crop: str, answers: list[str], rng: np.random.Generator
    ) -> str | None:
        """Choose a name in the question that the crop has too, but no answer."""
        names = [
            word
            for word in dict.fromkeys(segment(question, self.encode.segmenter))
            if word in self._known and word in crop and not any(word in answer for answer in answers)
        ]
        return names[rng.integers(len(names))] if names else None

    def _with_other(self, ids: Ids, text: str, old: str, new: str) -> Ids:
        """Write a name of the same length in the place of another, wherever it stands."""
        characters, words = ids.characters.copy(), ids.words.copy()
        put = self.encode(new)
        for match in re.finditer(re.escape(old), text[: len(characters)]):
            characters[match.start() : match.end()] = put.characters
            words[match.start() : match.end()] = put.words
        return Ids(characters, words)

    def _add_made(
        self, varied: TrainingData, passage: int, pairs: list[Pair], rng: np.random.Generator
    ) -> bool:
        """Add a passage without one of its sentences, its questions, and one that is made of that sentence."""
        text, cut, runs = self._texts[passage]
        chosen = _choose(cut, runs, [span for pair in pairs for span in pair.spans], rng)
        if chosen is None:
            return False
        run, asked, (first, last) = chosen
        gap = last - first
        ids = varied.passages[passage]
        number = _append(varied, _slices(ids, (0, first), (last, len(text))))

        def moved(start: int, end: int) -> tuple[int, int]:
            return (start, end) if end <= first else (start - gap, end - gap)

        for pair in pairs:
            varied.pairs.append(
                Pair(number, pair.question, tuple(moved(start, end) for start, end in pair.spans))
            )
            self._teach(varied, pair, number, slice(0, first), slice(last, len(text)))
        varied.unclear.update((question, number) for question, other in self.data.unclear if other == passage)
        spans = [moved(start, start + run.length) for start in run.starts if not first <= start < last]
        varied.pairs.append(Pair(number, len(varied.questions), tuple(sorted(spans))))
        varied.questions.append(self._question(ids, text, run, asked, (first, last), rng))
        return True

    def _teach(self, varied: TrainingData, pair: Pair, number: int, *kept: slice) -> None:
        """Give a pair of a part of a passage what teachers said of the whole."""
        opinion = self.data.taught.get((pair.question, pair.passage))
        left = None if opinion is None else part(opinion, *kept)
        if left is not None:
            varied.taught[pair.question, number] = left

    def _question(
        self,
        ids: Ids,
        text: str,
        run: Recurring,
        asked: int,
        sentence: tuple[int, int],
        rng: np.random.Generator,
    ) -> Ids:
        """Replace a run by "what" in the clause of the sentence around it, or in some clauses more."""
        cuts = [sentence[0], *(m.end() for m in _CLAUSE.finditer(text, *sentence)), sentence[1]]
        before, after = rng.integers(0, 2, size=2)
        own = max(i for i, cut in enumerate(cuts) if cut <= asked)
        first = max(cuts[max(0, own - before)], asked - _LONGEST_QUESTION // 2)
        last = min(cuts[min(len(cuts) - 1, own + 1 + after)], asked + run.length + _LONGEST_QUESTION // 2)
        number = any(c.isdigit() for c in text[asked : asked + run.length])
        left, right = (
            _slices(ids, (first, asked)),
            _slices(ids, (asked + run.length, max(last, asked + run.length))),
        )
        return _joined(left, self._how_many if number else self._what, right)


def _names_in(texts: list[list[str]]) -> dict[int, list[str]]:
    """List by length the words that stand in few of the texts, which are given as their words."""
    # In the order in which they come: a set's order is another one in every process.
    spread = Counter(word for words in texts for word in dict.fromkeys(words))
    names: dict[int, list[str]] = defaultdict(list)
    for word, count in spread.items():
        if count <= max(2, _RARE * len(texts)) and means(word):
            names[len(word)].append(word)
    return names


def _choose(
    cut: list[tuple[int, int]],
    runs: list[Recurring],
    taken: list[tuple[int, int]],
    rng: np.random.Generator,
) -> tuple[Recurring, int, tuple[int, int]] | None:
    """Choose what to ask for: a run, where it is asked for, and the sentence there, in which no answer stands."""
    if not runs:
        return None
    for i in rng.permutation(len(runs))[:4]:
        run = runs[i]
        asked = run.starts[rng.integers(len(run.starts))]
        first, last = next((first, last) for first, last in cut if first <= asked < last)
        if last < asked + run.length or any(start < last and end > first for start, end in taken):
            continue
        return run, asked, (first, last)
    return None


def _append(varied: TrainingData, ids: Ids) -> int:
    varied.passages.append(ids)
    return len(varied.passages) - 1


def _slices(ids: Ids, *slices: tuple[int, int]) -> Ids:
    return _joined(*(Ids(ids.characters[a:b], ids.words[a:b]) for a, b in slices))


def _joined(*parts: Ids) -> Ids:
    return Ids(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
