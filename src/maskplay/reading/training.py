"""How a reader is trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maskplay.models import ReaderNetwork
from maskplay.models.begin_training import begin_training
from maskplay.models.check_options import check_options
from maskplay.models.training_run import TrainingRun
from maskplay.reading import objectives
from maskplay.reading.training_batches import TrainingBatches


@dataclass(frozen=True)
class TrainingOptions:
    """How a reader is trained; defaults suit ten thousand questions and fresh weights.

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

    def __post_init__(self) -> None:
        check_options(self)


def training_run(
    network: ReaderNetwork,
    objective: str,
    batches: TrainingBatches,
    options: TrainingOptions,
    folder: Path,
    data: Mapping[str, Any] | None = None,
) -> TrainingRun:
    """Make a run that trains a reader's network; one that was begun in the folder goes on.

    Args:
        network: its weights are trained in place.
        objective: "softmax" or "focal".
        batches: what to learn.
        options: how.
        folder: of the checkpoints; is made where needed.
        data: what identifies the data, by name, see `run_identity`: a run cannot go on with others.
    """
    return begin_training(
        network.trainer,
        objectives.get(objective),
        batches,
        options,
        folder,
        kind={"pairs": len(batches.data.pairs), **(data or {})},
        ema=options.ema,
        advice="look at the data: maskplay read doctor finds what is wrong with questions",
    )
