"""What every training begins with, of readers and of writers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Protocol

import keras

from maskplay.models.training_run import Batches, TrainingRun
from maskplay.models.training_state import TrainingState
from maskplay.models.warmed_adamw import warmed_adamw


class Options(Protocol):
    """What a dataclass of options must have."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def epochs(self) -> int:
        """Passes over the data."""

    @property
    def learning_rate(self) -> float:
        """The peak."""

    @property
    def warmup(self) -> int:
        """Steps of growth."""

    @property
    def weight_decay(self) -> float:
        """Of AdamW."""

    @property
    def clip(self) -> float:
        """Largest global norm of the gradient."""

    @property
    def save_every(self) -> float:
        """Seconds between checkpoints."""


def begin_training(
    model: keras.Model,
    loss: keras.losses.Loss,
    batches: Batches,
    options: Options,
    folder: Path | None,
    *,
    kind: Mapping[str, Any],
    ema: float | None = None,
    undecayed: Sequence[str] = (),
    advice: str = "look at the data",
) -> TrainingRun:
    """Compile a model and make the run that trains it; one that was begun in the folder goes on.

    Args:
        model: its weights are trained in place.
        loss: of the model.
        batches: what to learn.
        options: how; all but how often checkpoints are made must be the same when a run goes on.
        folder: of the checkpoints; None for memory.
        kind: what else must be the same; JSON values.
        ema: momentum of a moving average of the weights; None for no average.
        undecayed: names of weights that no decay draws to zero.
        advice: see `TrainingRun`.
    """
    steps = sum(batches.steps(epoch) for epoch in range(options.epochs))
    optimizer = warmed_adamw(
        steps,
        learning_rate=options.learning_rate,
        warmup=options.warmup,
        weight_decay=options.weight_decay,
        clip=options.clip,
        ema=ema,
    )
    if undecayed:
        optimizer.exclude_from_weight_decay(var_names=list(undecayed))
    model.compile(optimizer, loss=loss)
    optimizer.build(model.trainable_variables)
    same = {name: value for name, value in asdict(options).items() if name != "save_every"}
    state = TrainingState(model, folder, {**same, "steps": steps, **kind})
    return TrainingRun(model, batches, options.epochs, state, options.save_every, advice)
