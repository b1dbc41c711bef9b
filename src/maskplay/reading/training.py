"""Training a reader network: resumable at any step, the same for the same seed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from maskplay.models import ReaderNetwork
from maskplay.models.training_state import TrainingState
from maskplay.models.warmed_adamw import warmed_adamw
from maskplay.reading import objectives
from maskplay.reading.training_batches import TrainingBatches


@dataclass(frozen=True)
class TrainingOptions:
    """How a reader is trained; each default is what the bundled reader was trained with.

    Args:
        epochs: passes over the pairs.
        learning_rate: its peak, after the warm-up and before the cosine decay to a twentieth.
        warmup: steps of linear growth of the learning rate.
        weight_decay: of AdamW.
        clip: largest global norm of the gradient.
        ema: momentum of the moving average of the weights, which is what is validated and kept.
        positions: passage characters in a batch, see `TrainingBatches`.
        negatives: share of added pairs without an answer.
        crops: share of the passages of which a crop is added in each epoch, see `Variations`.
        made: share of the passages of which a question is made in each epoch, see `Variations`.
        exchanged: share of the passages of which a crop with another name is added, see `Variations`.
        seed: of weights, order and dropout.
        save_every: seconds between checkpoints; one more is made after each epoch.
    """

    epochs: int = 7
    learning_rate: float = 1e-3
    warmup: int = 300
    weight_decay: float = 0.01
    clip: float = 5.0
    ema: float = 0.998
    positions: int = 16384
    negatives: float = 0.125
    crops: float = 0.5
    made: float = 0.6
    exchanged: float = 0.6
    seed: int = 0
    save_every: float = 300.0


@dataclass(frozen=True)
class Progress:
    """What is told after every step: where training stands, and how fast it goes.

    Attributes:
        epoch: from 0.
        step: steps done, of `steps` in all.
        steps: steps in all.
        loss: of this step.
        pairs_per_second: after the first step of this run, which compiles.
    """

    epoch: int
    step: int
    steps: int
    loss: float
    pairs_per_second: float


class Training:
    """One training run in a folder, which holds its checkpoints and its history.

    A run that was killed, at whatever moment, goes on from its last checkpoint when it is made again with the same
    folder; the result is that of a run that was never stopped.

    Args:
        network: its weights are trained in place.
        objective: "softmax" or "focal".
        batches: what to learn.
        options: how.
        folder: is made where needed.
        data: what identifies the data: a run cannot go on with others.
    """

    def __init__(
        self,
        network: ReaderNetwork,
        objective: str,
        batches: TrainingBatches,
        options: TrainingOptions,
        folder: Path,
        data: str = "",
    ) -> None:
        self.model = network.trainer
        self.batches = batches
        self.options = options
        self.folder = folder
        self._counts = [len(batches.plan(epoch)) for epoch in range(options.epochs)]
        self.steps = sum(self._counts)
        self.step = 0
        self.history: list[dict[str, float]] = []
        optimizer = warmed_adamw(
            self.steps,
            learning_rate=options.learning_rate,
            warmup=options.warmup,
            weight_decay=options.weight_decay,
            clip=options.clip,
            ema=options.ema,
        )
        self.model.compile(optimizer, loss=objectives.get(objective))
        optimizer.build(self.model.trainable_variables)
        self._average = keras.callbacks.SwapEMAWeights()
        self._average.set_model(self.model)
        kind = {name: value for name, value in asdict(options).items() if name != "save_every"}
        pairs = len(batches.data.pairs)
        self._state = TrainingState(
            self.model, folder, {**kind, "pairs": pairs, "steps": self.steps, "data": data}
        )
        found = self._state.resume("last")
        if found:
            self.step, self.history = found["step"], found["history"]

    def run(self, validate: Callable[[], dict[str, float]], tell: Callable[[Progress], None]) -> None:
        """Train to the end; after each epoch validate the averaged weights and keep the best.

        Args:
            validate: gives the scores of the weights as they are then; the one named "score" is to be high.
            tell: is called after every step.

        Raises:
            OSError: if a checkpoint cannot be written; the last complete one is still there.
        """
        pairs, began, saved = 0, 0.0, time.monotonic()
        for epoch, number, count, batch in self._remaining():
            loss = float(self.model.train_on_batch(batch.inputs, batch.labels, sample_weight=batch.weights))
            if not np.isfinite(loss):
                raise FloatingPointError(
                    f"The loss must stay finite. Received {loss} at step {self.step}. "
                    "Lower the learning rate, or look at the data with `maskplay read doctor`."
                )
            self.step += 1
            if began:
                pairs += count
            else:
                began = time.monotonic()
            speed = pairs / max(time.monotonic() - began, 1e-9)
            tell(Progress(epoch, self.step, self.steps, loss, speed))
            if number == self._counts[epoch] - 1:
                self._finish_epoch(epoch, validate)
                saved = time.monotonic()
            elif time.monotonic() - saved > self.options.save_every:
                self._save("last")
                saved = time.monotonic()

    def load_best(self) -> None:
        """Give the network the averaged weights that validated best."""
        self._average.on_test_end()
        self._state.resume("best")
        self._average.on_test_begin()

    def _remaining(self) -> Iterator[tuple[int, int, int, Any]]:
        """Make the batches from the present step on: epoch, number in the epoch, pairs, arrays."""
        done = self.step
        for epoch, count in enumerate(self._counts):
            if done >= count:
                done -= count
                continue
            plan = self.batches.plan(epoch)
            for number in range(done, count):
                yield epoch, number, len(plan[number]), self.batches.batch(epoch, number)
            done = 0

    def _finish_epoch(self, epoch: int, validate: Callable[[], dict[str, float]]) -> None:
        self._average.on_test_begin()
        try:
            scores = validate()
        finally:
            self._average.on_test_end()
        best = max((row["score"] for row in self.history), default=float("-inf"))
        self.history.append({"epoch": epoch, "step": self.step, **scores})
        if scores["score"] > best:
            self._save("best")
        self._save("last")

    def _save(self, name: str) -> None:
        self._state.save(name, {"step": self.step, "history": self.history})
