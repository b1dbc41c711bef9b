"""Training: steps, epochs, checkpoints; resumable at any step, the same for the same seed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol

import keras
import numpy as np

from maskplay.models.training_state import TrainingState


class Batch(Protocol):
    """What one step takes."""

    @property
    def inputs(self) -> dict[str, np.ndarray]:
        """Of the model, by name."""

    @property
    def labels(self) -> np.ndarray:
        """Of the loss."""

    @property
    def weights(self) -> np.ndarray:
        """Of the labels; 0 where there is nothing to learn."""


class Batches(Protocol):
    """What is learned, in an order that depends on a seed and the epoch alone."""

    def steps(self, epoch: int) -> int:
        """Count the batches of an epoch."""

    def batch(self, epoch: int, number: int) -> Batch:
        """Make one batch of an epoch."""


@dataclass(frozen=True)
class Progress:
    """What is told after every step: where training stands, and how fast it goes.

    Attributes:
        epoch: from 0.
        step: steps done, of `steps` in all.
        steps: steps in all.
        loss: of this step.
        per_second: how much is learned, after the first step of this run, which compiles: pairs of question and
            passage of a reader, tokens that are said of a writer.
    """

    epoch: int
    step: int
    steps: int
    loss: float
    per_second: float


class TrainingRun:
    """One run of training. A run that was killed, at whatever moment, goes on from its last checkpoint.

    Args:
        model: compiled, its optimizer built; trained in place. Where the optimizer keeps a moving average of the
            weights, that is what is validated and kept.
        batches: what to learn.
        epochs: passes over it.
        state: of the checkpoints; where it has a "last" one, the run goes on from there.
        save_every: seconds between checkpoints; one more is made after each epoch.
        advice: what else than to lower the learning rate may help where the loss is no number any more.
    """

    def __init__(
        self,
        model: keras.Model,
        batches: Batches,
        epochs: int,
        state: TrainingState,
        save_every: float,
        advice: str,
    ) -> None:
        self.model, self.batches, self._advice = model, batches, advice
        self._counts = [batches.steps(epoch) for epoch in range(epochs)]
        self.steps, self.step = sum(self._counts), 0
        self.history: list[dict[str, float]] = []
        self._state, self._save_every = state, save_every
        self._lost = 0.0  # sum of the losses of this epoch
        self._average: Any = None
        if model.optimizer.use_ema:
            self._average = keras.callbacks.SwapEMAWeights()
            self._average.set_model(model)
        found = state.resume("last")
        if found:
            self._check(found)
            self.step, self.history, self._lost = found["step"], found["history"], found["lost"]

    def run(
        self,
        validate: Callable[[], dict[str, float]] | None,
        tell: Callable[[Progress], None],
        note: Callable[[dict[str, float]], None] = lambda row: None,
    ) -> None:
        """Train to the end; after each epoch validate, and keep the best.

        Args:
            validate: gives the scores of the weights as they are then; the one named "score" is to be high. None: the
                last are the best.
            tell: is called after every step.
            note: is called after every epoch with its row of the history: "epoch", "step", "loss" and the scores.

        Raises:
            OSError: A checkpoint cannot be written; the last complete one is still there.
            FloatingPointError: The loss is no number any more.
        """
        learned, began, saved = 0, 0.0, time.monotonic()
        for epoch, number, batch in self._remaining():
            loss = float(self.model.train_on_batch(batch.inputs, batch.labels, sample_weight=batch.weights))
            if not np.isfinite(loss):
                raise FloatingPointError(
                    f"The loss must stay finite. Received {loss} at step {self.step}. Lower the learning rate, or "
                    f"{self._advice}."
                )
            self.step += 1
            self._lost += loss
            if began:
                learned += int(np.count_nonzero(batch.weights))
            else:
                began = time.monotonic()
            speed = learned / max(time.monotonic() - began, 1e-9)
            tell(Progress(epoch, self.step, self.steps, loss, speed))
            if number == self._counts[epoch] - 1:
                self._finish_epoch(epoch, validate)
                note(self.history[-1])
                saved = time.monotonic()
            elif time.monotonic() - saved > self._save_every:
                self._save("last")
                saved = time.monotonic()

    def load_best(self) -> None:
        """Give the model the weights that validated best, if any were validated; the averaged ones, if there are."""
        if self._average:
            self._average.on_test_end()
        self._state.resume("best")
        if self._average:
            self._average.on_test_begin()

    def _check(self, found: dict[str, Any]) -> None:
        """Require a progress that this run can have made, and the best weights if it tells of them."""
        step, history, lost = (found.get(name) for name in ("step", "history", "lost"))
        if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= self.steps:
            raise self._state.damaged(
                "last", f"step must be a whole number from 0 to {self.steps}. Received: {step!r:.60}"
            )
        done = sum(end <= step for end in accumulate(self._counts))
        if not isinstance(history, list) or len(history) != done or not all(map(_is_row, history)):
            raise self._state.damaged(
                "last",
                f"history must have epoch, step and loss of {done} epochs. Received: {history!r:.60}",
            )
        if not _is_number(lost):
            raise self._state.damaged("last", f"lost must be a number. Received: {lost!r:.60}")
        if any(row.get("score", -np.inf) > -np.inf for row in history) and not self._state.has("best"):
            raise self._state.damaged(
                "best", "it must be there after an epoch that was validated, and is not"
            )

    def _remaining(self) -> Iterator[tuple[int, int, Batch]]:
        """Make the batches from the present step on: epoch, number in the epoch, arrays."""
        done = self.step
        for epoch, count in enumerate(self._counts):
            for number in range(min(done, count), count):
                yield epoch, number, self.batches.batch(epoch, number)
            done = max(0, done - count)

    def _finish_epoch(self, epoch: int, validate: Callable[[], dict[str, float]] | None) -> None:
        scores = self._validated(validate) if validate else {}
        best = max((row["score"] for row in self.history if "score" in row), default=float("-inf"))
        row = {"epoch": epoch, "step": self.step, "loss": self._lost / self._counts[epoch], **scores}
        self.history.append(row)
        self._lost = 0.0
        if scores and scores["score"] > best:
            self._save("best")
        self._save("last")

    def _validated(self, validate: Callable[[], dict[str, float]]) -> dict[str, float]:
        if not self._average:
            return validate()
        self._average.on_test_begin()
        try:
            return validate()
        finally:
            self._average.on_test_end()

    def _save(self, name: str) -> None:
        self._state.save(name, {"step": self.step, "history": self.history, "lost": self._lost})


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, dict) and {"epoch", "step", "loss"} <= {*row} and all(map(_is_number, row.values()))
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
