"""From pairs to a trained writer."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from maskplay._number import checked_number
from maskplay.models.training_run import Progress
from maskplay.writing.objectives import Objective, SequenceToSequence
from maskplay.writing.objectives.objective import checked_objective
from maskplay.writing.pair import Pair
from maskplay.writing.pair_list import pair_list
from maskplay.writing.training import TrainingOptions, training_run
from maskplay.writing.training_batches import TrainingBatches
from maskplay.writing.training_data import training_data
from maskplay.writing.writer_files import is_writer

if TYPE_CHECKING:
    from maskplay.writing.writer import Writer


def fit(
    writer: "Writer",
    pairs: Iterable[Pair | tuple[str, str]],
    validation: Iterable[Pair | tuple[str, str]] | None,
    objective: Objective | None,
    options: TrainingOptions,
    folder: str | PathLike[str] | None,
    tell: Callable[[Progress], None],
    note: Callable[[dict[str, float]], None],
) -> list[dict[str, float]]:
    """Train a writer; see `Writer.fit`."""
    objective = SequenceToSequence() if objective is None else checked_objective(objective)
    learned = pair_list(pairs)
    held = None if validation is None else pair_list(validation, "validation")
    _check_length(writer, options.length)
    if folder is not None:
        _check_folder(folder)
    data = training_data(learned, writer.coder, objective, options.length)
    batches = TrainingBatches(data, objective, length=options.length, rows=options.rows, seed=options.seed)
    _seed_dropout(writer.model, options.seed)
    if folder is not None:
        Path(folder).mkdir(parents=True, exist_ok=True)
    training = training_run(
        writer.model,
        batches,
        options,
        None if folder is None else Path(folder),
        same={
            "pairs": _digest(learned),
            "validation": None if held is None else _digest(held),
            "objective": repr(objective),
            **{f"network.{name}": value for name, value in writer.network.config.to_dict().items()},
            "start": writer.origin,
        },
    )
    held_batches = None
    if held is not None:
        held_data = training_data(held, writer.coder, objective, options.length)
        held_batches = TrainingBatches(held_data, objective, length=options.length, rows=options.rows)

    def validate() -> dict[str, float]:
        mean = _mean_surprise(writer, held_batches)
        return {"score": -mean, "perplexity": float(np.exp(mean))}

    training.run(None if held is None else validate, tell, note)
    if held is not None:
        training.load_best()
    return training.history


def mean_surprise(
    writer: "Writer",
    pairs: Iterable[Pair | tuple[str, str]],
    objective: Objective | None,
    length: int,
    rows: int,
) -> float:
    """Give the mean surprise of what is to be said, in nats; see `Writer.perplexity`."""
    objective = SequenceToSequence() if objective is None else checked_objective(objective)
    length = checked_number("length", length, int, 1)
    rows = checked_number("rows", rows, int, 1)
    _check_length(writer, length)
    data = training_data(pair_list(pairs), writer.coder, objective, length)
    return _mean_surprise(writer, TrainingBatches(data, objective, length=length, rows=rows))


def _mean_surprise(writer: "Writer", batches: Any) -> float:
    total, count = 0.0, 0
    for number in range(batches.steps(0)):
        batch = batches.batch(0, number)
        inputs = {name: ops.convert_to_tensor(array) for name, array in batch.inputs.items()}
        total += float(writer.surprise(inputs, ops.convert_to_tensor(batch.labels)))
        count += int((batch.labels > 0).sum())
    return total / max(1, count)


def _seed_dropout(model: keras.Model, seed: int) -> None:
    """Let what is dropped depend on the seed, not on what the process did before."""
    for number, state in enumerate(v for v in model.non_trainable_variables if "seed" in v.path):
        rng = np.random.default_rng((seed, number))
        state.assign(rng.integers(0, 1 << 31, state.shape))


def _check_length(writer: "Writer", length: int) -> None:
    limit = writer.network.config.limit
    if limit is not None and length > limit:
        raise ValueError(f"length must be at most the network's {limit} positions. Received: {length}")


def _check_folder(given: str | PathLike[str]) -> None:
    folder = Path(given)
    if not folder.name:  # Path("") is the folder that one is in
        raise ValueError(
            f"folder must be one for checkpoints alone. Received: {str(given)!r}. Name one, or give None."
        )
    if is_writer(folder):
        raise ValueError(
            f"folder must be one for checkpoints alone: saving a writer replaces what is in its folder. Received: "
            f"{folder}, which holds a writer. Name another, such as {folder}.training"
        )


def _digest(pairs: Sequence[Pair]) -> str:
    """Identify pairs, so that a run cannot go on with others."""
    digest = hashlib.sha256()
    for pair in pairs:
        told = f"{len(pair.source)} {len(pair.target)} {pair.source}{pair.target}"
        digest.update(told.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
