"""The batches of each epoch, in an order that depends on the seed and the epoch alone."""

from typing import Any, NamedTuple

import numpy as np

from maskplay.writing.objectives import Objective
from maskplay.writing.packing import packed_plan, packed_rows
from maskplay.writing.training_data import TrainingData

INPUTS = ("tokens", "segments", "positions", "ranks", "seen", "documents")
"""What the network that is trained reads."""


class Batch(NamedTuple):
    """What one training step takes.

    Attributes:
        inputs: int32 `(rows, length)` each, by name.
        labels: int32 `(rows, length)`.
        weights: float32 `(rows, length)`; they add up to 1, so that the sum of losses is the mean over what is said.
    """

    inputs: dict[str, np.ndarray]
    labels: np.ndarray
    weights: np.ndarray


class _Epoch(NamedTuple):
    number: int
    parts: np.ndarray  # which objective makes each example's row
    batches: list[list[list[int]]]  # batches of bins of examples


class TrainingBatches:
    """Batches of rows, several examples in a row.

    Args:
        data: what to learn from.
        objective: what to learn.
        length: positions of a row.
        rows: of a batch.
        seed: of the order, and of all that objectives choose.
    """

    def __init__(
        self, data: TrainingData, objective: Objective, *, length: int, rows: int, seed: int = 0
    ) -> None:
        self.data, self.length, self.rows, self.seed = data, length, rows, seed
        self._objectives = [part for part, _ in objective.parts()]
        self._shares = np.array([share for _, share in objective.parts()])
        # (objectives, examples); what does not fit under one objective is left to another, or out.
        self._lengths = np.array([[part.length(one) for one in data.examples] for part in self._objectives])
        if not (self._lengths <= length).any():
            raise ValueError(
                f"There must be at least one example that takes at most length={length} positions. The shortest takes "
                f"{self._lengths.min()}."
            )
        self._epoch: _Epoch | None = None

    def steps(self, epoch: int) -> int:
        """Count the batches of an epoch."""
        return len(self._planned(epoch).batches)

    def batch(self, epoch: int, number: int) -> Batch:
        """Make one batch of an epoch."""
        planned = self._planned(epoch)
        bins = [
            [
                self._objectives[planned.parts[i]].row(
                    self.data.examples[i], self.data.marks, np.random.default_rng((self.seed, epoch, i))
                )
                for i in things
            ]
            for things in planned.batches[number]
        ]
        arrays: dict[str, Any] = packed_rows(bins, self.rows, self.length)
        labels = arrays.pop("labels")
        said = labels > 0
        return Batch(arrays, labels, (said / max(1, said.sum())).astype("float32"))

    def _planned(self, epoch: int) -> _Epoch:
        if self._epoch is None or self._epoch.number != epoch:
            rng = np.random.default_rng((self.seed, epoch))
            count = len(self.data.examples)
            parts = rng.choice(len(self._objectives), count, p=self._shares)
            lengths = self._lengths[parts, np.arange(count)]
            order = rng.permutation(np.flatnonzero(lengths <= self.length))
            bins = [
                [int(order[i]) for i in things]
                for things in packed_plan(lengths[order].tolist(), self.length)
            ]
            bins = [bins[i] for i in rng.permutation(len(bins))]
            batches = [bins[i : i + self.rows] for i in range(0, len(bins), self.rows)]
            self._epoch = _Epoch(epoch, parts, batches)
        return self._epoch
