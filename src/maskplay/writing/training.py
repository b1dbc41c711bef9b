"""How a writer is trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from maskplay.models.begin_training import begin_training
from maskplay.models.check_options import check_options
from maskplay.models.training_run import TrainingRun
from maskplay.writing.training_batches import TrainingBatches
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
        check_options(self)


def training_run(
    model: keras.Model,
    batches: TrainingBatches,
    options: TrainingOptions,
    folder: Path | None = None,
    same: Mapping[str, Any] | None = None,
) -> TrainingRun:
    """Make a run that trains a writer's network; one that was begun in the folder goes on.

    Args:
        model: of `training_model`; its weights are trained in place.
        batches: what to learn.
        options: how.
        folder: of the checkpoints; None to keep none.
        same: what a run is made of beside its options, by name: it cannot go on with something else. JSON values.
    """
    # Norms and biases have no scale that decay could hold.
    undecayed = ("bias", "gamma", "beta")
    return begin_training(
        model,
        loss(),
        batches,
        options,
        folder,
        kind=same or {},
        undecayed=undecayed,
        advice="look at the pairs that it learns from",
    )
