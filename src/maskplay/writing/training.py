"""Training a writer: resumable at any step, the same for the same seed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from maskplay.models.training_state import TrainingState
from maskplay.models.warmed_adamw import warmed_adamw
from maskplay.writing.training_batches import Batch, TrainingBatches
from maskplay.writing.training_model import loss


@dataclass(frozen=True)
class TrainingOptions:
    """How a writer is trained.

    Args:
        epochs: passes over the pairs.
        learning_rate: its peak, after the warm-up and before the cosine decay to a twentieth. 5e-4 suits a small fresh
            network, 2e-5 to 1e-4 a pretrained one.
        warmup: steps of linear growth of the learning rate; a quarter of all steps at most.
        weight_decay: of AdamW.
        clip: largest global norm of the gradient.
        length: positions of a row, into which several pairs are packed; at most what the network has.
        rows: of a batch.
        seed: of the order, of dropout and of what objectives choose.
        save_every: seconds between checkpoints; one more is made after each epoch.
    """

    epochs: int = 10
    learning_rate: float = 5e-4
    warmup: int = 300
    weight_decay: float = 0.01
    clip: float = 1.0
    length: int = 128
    rows: int = 32
    seed: int = 0
    save_every: float = 300.0

    def __post_init__(self) -> None:
        for name in ("epochs", "length", "rows"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1. Received: {getattr(self, name)}")
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate must be above 0 and below 1. Received: {self.learning_rate}")


@dataclass(frozen=True)
class Progress:
    """What is told after every step.

    Attributes:
        epoch: from 0.
        step: steps done, of `steps` in all.
        steps: steps in all.
        loss: of this step: the mean surprise of a token that was to be said, in nats.
        tokens_per_second: that were to be said, after the first step of this run, which compiles.
    """

    epoch: int
    step: int
    steps: int
    loss: float
    tokens_per_second: float


class Training:
    """One training run, in a folder if it is to be resumable.

    Args:
        model: of `training_model`; its weights are trained in place.
        batches: what to learn.
        options: how.
        folder: of the checkpoints; None to keep none.
        data: what identifies the data: a run cannot go on with others.
    """

    def __init__(
        self,
        model: keras.Model,
        batches: TrainingBatches,
        options: TrainingOptions,
        folder: Path | None = None,
        data: str = "",
    ) -> None:
        self.model, self.batches, self.options = model, batches, options
        self._counts = [batches.steps(epoch) for epoch in range(options.epochs)]
        self.steps, self.step = sum(self._counts), 0
        self.history: list[dict[str, float]] = []
        self._best: Any = None  # weights, where there is no folder to keep them in
        optimizer = warmed_adamw(
            self.steps,
            learning_rate=options.learning_rate,
            warmup=options.warmup,
            weight_decay=options.weight_decay,
            clip=options.clip,
        )
        # Norms and biases have no scale that decay could hold.
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        model.compile(optimizer, loss=loss())
        optimizer.build(model.trainable_variables)
        kind = {key: value for key, value in asdict(options).items() if key != "save_every"}
        self._state = (
            None
            if folder is None
            else TrainingState(model, folder, {**kind, "steps": self.steps, "data": data})
        )
        found = self._state.resume("last") if self._state else None
        if found:
            self.step, self.history = found["step"], found["history"]

    def run(
        self,
        validate: Callable[[], dict[str, float]] | None,
        tell: Callable[[Progress], None],
        note: Callable[[dict[str, float]], None] = lambda row: None,
    ) -> None:
        """Train to the end; where there is something to validate on, the best epoch's weights are kept.

        Args:
            validate: gives the scores of the weights as they are then; the one named "score" is to be high.
            tell: is called after every step.
            note: is called with the row of the history, after every epoch.

        Raises:
            OSError: A checkpoint cannot be written; the last complete one is still there.
            FloatingPointError: The loss is no number any more.
        """
        tokens, began, saved, losses = 0, 0.0, time.monotonic(), []
        for epoch, number, batch in self._remaining():
            value = float(self.model.train_on_batch(batch.inputs, batch.labels, sample_weight=batch.weights))
            if not np.isfinite(value):
                raise FloatingPointError(
                    f"The loss must stay finite. Received {value} at step {self.step}. Lower the learning rate."
                )
            self.step += 1
            losses.append(value)
            if began:
                tokens += int((batch.labels > 0).sum())
            else:
                began = time.monotonic()
            tell(Progress(epoch, self.step, self.steps, value, tokens / max(time.monotonic() - began, 1e-9)))
            if number == self._counts[epoch] - 1:
                self._finish_epoch(epoch, losses, validate)
                note(self.history[-1])
                losses, saved = [], time.monotonic()
            elif self._state and time.monotonic() - saved > self.options.save_every:
                self._save("last")
                saved = time.monotonic()
        if validate is not None:
            self._load_best()

    def _remaining(self) -> Iterator[tuple[int, int, Batch]]:
        """Make the batches from the present step on: epoch, number in the epoch, arrays."""
        done = self.step
        for epoch, count in enumerate(self._counts):
            for number in range(min(done, count), count):
                yield epoch, number, self.batches.batch(epoch, number)
            done = max(0, done - count)

    def _finish_epoch(
        self, epoch: int, losses: list[float], validate: Callable[[], dict[str, float]] | None
    ) -> None:
        scores = validate() if validate else {}
        best = max((row["score"] for row in self.history if "score" in row), default=float("-inf"))
        self.history.append({"epoch": epoch, "step": self.step, "loss": float(np.mean(losses)), **scores})
        if scores and scores["score"] > best:
            if self._state:
                self._save("best")
            else:
                self._best = self.model.get_weights()
        self._save("last")

    def _save(self, name: str) -> None:
        if self._state:
            self._state.save(name, {"step": self.step, "history": self.history})

    def _load_best(self) -> None:
        if self._state:
            self._state.resume("best")
        elif self._best is not None:
            self.model.set_weights(self._best)
