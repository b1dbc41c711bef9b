"""Batches in which a passage is encoded once for all its questions."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from maskplay.reading.buckets import PASSAGE_LENGTHS, QUESTION_LENGTHS, bucket, padded
from maskplay.reading.training_data import Pair, TrainingData
from maskplay.text.char_vocabulary import UNKNOWN


class Batch(NamedTuple):
    """What one training step takes: inputs by name, labels `(pairs, length, 4 or 6)`, weights `(pairs,)`."""

    inputs: dict[str, np.ndarray]
    labels: np.ndarray
    weights: np.ndarray


class _Epoch(NamedTuple):
    """What is learned in one epoch: the data, all that they know (question, passage), and the pairs of each batch."""

    number: int
    data: TrainingData
    known: set[tuple[int, int]]
    plans: list[list[Pair]]


class TrainingBatches:
    """The batches of each epoch, in an order that depends on the seed and the epoch alone.

    Pairs are taken by passage, passages of like length together. In each batch a share of the questions is asked of
    another passage of the batch too, as pairs without an answer: the gate learns to say no. It is the passage that
    shares most words with the question, so that the gate does not learn to look for shared words alone.

    Args:
        data: what to learn.
        positions: passage characters in a batch, counted once for each question, padding included.
        negatives: pairs without an answer that are added, as a share of the pairs.
        seed: of the order and of the added pairs.
        vary: gives each epoch its own version of the data, see `Variations`; None learns the same in every epoch.
    """

    def __init__(
        self,
        data: TrainingData,
        *,
        positions: int = 16384,
        negatives: float = 0.125,
        seed: int = 0,
        vary: Callable[[np.random.Generator], TrainingData] | None = None,
    ) -> None:
        if not data.pairs:
            raise ValueError(
                "There must be at least one pair of question and passage to train on. Received none."
            )
        self.data = data
        self.positions = positions
        self.negatives = negatives
        self.seed = seed
        self.vary = vary
        self._epoch: _Epoch | None = None

    def steps(self, epoch: int) -> int:
        """Count the batches of an epoch."""
        return len(self.plan(epoch))

    def plan(self, epoch: int) -> list[list[Pair]]:
        """List the batches of an epoch as the pairs that each holds."""
        return self._planned(epoch).plans

    def batch(self, epoch: int, number: int) -> Batch:
        """Make the arrays of one batch of an epoch."""
        _, data, known, plans = self._planned(epoch)
        pairs = plans[number]
        rng = np.random.default_rng((self.seed, epoch, number))
        rows = {pair.passage: None for pair in pairs}
        row = {passage: i for i, passage in enumerate(rows)}
        passages = [data.passages[passage] for passage in rows]
        length = bucket(max(len(ids.characters) for ids in passages), PASSAGE_LENGTHS)
        pair_count, row_count = self._shape(length)
        row_count, room = max(row_count, len(passages)), max(pair_count, len(pairs))
        pairs = [*pairs, *self._unanswerable(data, known, pairs, rng)][:room]
        questions = [data.questions[pair.question] for pair in pairs]
        question_length = bucket(max(len(ids.characters) for ids in questions), QUESTION_LENGTHS)
        inputs = {
            "passage_characters": padded([ids.characters for ids in passages], row_count, length),
            "passage_words": padded([ids.words for ids in passages], row_count, length),
            "question_characters": padded([ids.characters for ids in questions], room, question_length),
            "question_words": padded([ids.words for ids in questions], room, question_length),
            "row": np.array([row[p.passage] for p in pairs] + [0] * (room - len(pairs)), dtype=np.int32),
        }
        weights = np.zeros(room, dtype=np.float32)
        weights[: len(pairs)] = room / len(pairs)  # the mean over the batch is the mean over its real pairs
        return Batch(inputs, _labels(data, pairs, room, length), weights)

    def _planned(self, epoch: int) -> _Epoch:
        """Plan an epoch, or find it as it was planned last."""
        if self._epoch is None or self._epoch.number != epoch:
            rng = np.random.default_rng((self.seed, epoch))
            data = self.vary(rng) if self.vary else self.data
            units = _units(data, rng)
            lengths = [len(data.passages[unit[0].passage].characters) for unit in units]
            # Lengths are blurred so that the same passages do not meet in every epoch.
            order = np.argsort(np.asarray(lengths) + rng.random(len(units)) * 48, kind="stable")
            plans = list(self._filled(data, [units[i] for i in order]))
            known = data.unclear | {(pair.question, pair.passage) for pair in data.pairs}
            self._epoch = _Epoch(epoch, data, known, [plans[i] for i in rng.permutation(len(plans))])
        return self._epoch

    def _filled(self, data: TrainingData, units: list[list[Pair]]) -> Iterator[list[Pair]]:
        """Fill batches with groups until their pairs or their passages are as many as their shape allows."""
        batch: list[Pair] = []
        rows = longest = 0
        for unit in units:
            longest = max(longest, len(data.passages[unit[0].passage].characters))
            pair_count, row_count = self._shape(bucket(longest, PASSAGE_LENGTHS))
            wanted = int(pair_count / (1 + self.negatives))
            if batch and (len(batch) + len(unit) > wanted or rows + 1 > row_count):
                yield batch
                batch, rows = [], 0
                longest = len(data.passages[unit[0].passage].characters)
            batch = batch + unit
            rows += 1
        if batch:
            yield batch

    def _shape(self, length: int) -> tuple[int, int]:
        """Give the numbers of pairs and of passages in a batch of passages padded to `length`."""
        pair_count = max(4, self.positions // length)
        return pair_count, max(1, round(pair_count / 3))

    def _unanswerable(
        self, data: TrainingData, known: set[tuple[int, int]], pairs: list[Pair], rng: np.random.Generator
    ) -> list[Pair]:
        """Ask some questions of passages of the batch that are not theirs, as far as the data tell."""
        passages = list({pair.passage: None for pair in pairs})
        chosen = rng.permutation(len(pairs))[: round(len(pairs) * self.negatives)]
        added = []
        for question in (pairs[i].question for i in chosen):
            others = [passage for passage in passages if (question, passage) not in known]
            if others:
                added.append(Pair(_likeliest(data, question, others, rng), question, ()))
        return added


def _units(data: TrainingData, rng: np.random.Generator) -> list[list[Pair]]:
    """Group the pairs by passage, shuffled; a passage with very many questions makes several groups."""
    by_passage: dict[int, list[Pair]] = defaultdict(list)
    for i in rng.permutation(len(data.pairs)):
        pair = data.pairs[i]
        by_passage[pair.passage].append(pair)
    groups = list(by_passage.values())
    return [group[i : i + 8] for group in groups for i in range(0, len(group), 8)]


def _likeliest(data: TrainingData, question: int, passages: list[int], rng: np.random.Generator) -> int:
    """Find the passage that shares most words with a question."""
    asked = data.questions[question].words
    asked = np.unique(asked[asked > UNKNOWN])
    shared = [np.isin(asked, data.passages[passage].words).sum() for passage in passages]
    return passages[int(np.argmax(shared + rng.random(len(shared))))]  # one of those that share as many


def _labels(data: TrainingData, pairs: list[Pair], room: int, length: int) -> np.ndarray:
    labels: Any = np.zeros((room, length, 6 if data.taught else 4), dtype=np.float32)
    for i, pair in enumerate(pairs):
        for start, end in pair.spans:
            labels[i, start, 0] = labels[i, end - 1, 1] = 1
            labels[i, start:end, 2] = 1
        labels[i, : len(data.passages[pair.passage].characters), 3] = 1
        if pair.spans and (pair.question, pair.passage) in data.taught:
            opinion = data.taught[pair.question, pair.passage]
            labels[i, : len(opinion), 4:] = opinion
    return labels
