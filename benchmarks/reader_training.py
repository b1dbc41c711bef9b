"""How fast the aligned reader is trained, and what slows it down.

    python benchmarks/reader_training.py [--steps N] [--json]

One full batch of long passages is trained on again and again: by the code as it is, with masks that are multiplied
instead of chosen by, with masks on what comes out of each block too, and with dropout that draws a random number for
every value instead of one for every channel. The four take turns, step by step. Ids are random: time does not depend
on them. Takes some minutes on two cores, most of them compiling.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import functools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np
from keras import ops

from maskplay.layers import DilatedGatedConv1D, dilated_gated_conv1d, hybrid_embedding
from maskplay.masks import keep
from maskplay.models import AlignedReader
from maskplay.reading import TrainingOptions
from maskplay.reading.text_encoder import Ids
from maskplay.reading.training import training_run
from maskplay.reading.training_batches import Batch, TrainingBatches
from maskplay.reading.training_data import Pair, TrainingData
from measures import flops
from measures.clock import cores, seconds
from measures.peak import matrix_peak
from measures.report import note, report

QUESTION, QUESTIONS = 20, 3  # characters, and questions of a passage
MEANINGS = {
    "samples_per_second": "pairs of question and passage trained on",
    "peak_share": "FLOP/s of the step over the peak; three times the forward FLOPs, without padding",
    "step_seconds": "of one step: forward, backward, optimizer, averages",
    "multiplied_masks_slowdown": "seconds of a step with masks multiplied by, over those with masks chosen by",
    "masked_outputs_slowdown": "seconds of a step with the blocks' outputs masked as well, over those without",
    "elementwise_dropout_slowdown": "seconds of a step with dropout of single values, over those of channels",
    "samples_per_second_multiplied_masks": "",
    "samples_per_second_masked_outputs": "",
    "samples_per_second_elementwise_dropout": "",
    "peak_gflops": "float32 matrix products of 2048 x 2048",
    "pairs": "in the batch",
    "positions": "of passages in the batch, once for each question, with padding",
    "cores": "that this process may use",
}


def main() -> None:
    options = _options()
    config = AlignedReader(vocabulary_size=4460, word_count=20_000, word_dim=128)
    batches = TrainingBatches(_data(config, options.length, options.positions), positions=options.positions)
    fullest = max(enumerate(batches.plan(0)), key=lambda plan: len(plan[1]))[0]
    batch = batches.batch(0, fullest)
    variants = {
        "as it is": nullcontext,
        "multiplied masks": multiplied_masks,
        "masked outputs": masked_outputs,
        "elementwise dropout": elementwise_dropout,
    }
    peak = matrix_peak()
    times = _times(config, batches, batch, variants, options.steps)
    peak = max(peak, matrix_peak())
    pairs = int((batch.weights > 0).sum())
    usual = times.pop("as it is")
    named = {name.replace(" ", "_"): taken for name, taken in times.items()}
    figures = {
        "samples_per_second": pairs / usual,
        "peak_share": 3 * _forward_flops(config, batch) / usual / peak,
        "step_seconds": usual,
        **{f"{name}_slowdown": taken / usual for name, taken in named.items()},
        **{f"samples_per_second_{name}": pairs / taken for name, taken in named.items()},
        "peak_gflops": peak / 1e9,
        "pairs": pairs,
        "positions": int(np.prod(batch.labels.shape[:2])),
        "cores": cores(),
    }
    report(figures, MEANINGS, "training the aligned reader", options.json)


@contextmanager
def multiplied_masks() -> Iterator[None]:
    """Let the layers apply masks by a product, while a network is made and traced."""

    def multiplied(x: Any, mask: Any) -> Any:
        return x if mask is None else x * ops.cast(mask, x.dtype)[..., None]

    with (
        mock.patch.object(dilated_gated_conv1d, "keep", multiplied),
        mock.patch.object(hybrid_embedding, "keep", multiplied),
    ):
        yield


@contextmanager
def masked_outputs() -> Iterator[None]:
    """Let the blocks mask what comes out of them too, while a network is made and traced."""
    call = DilatedGatedConv1D.call

    @functools.wraps(call)
    def masked(self: Any, x: Any, mask: Any = None, training: bool | None = None) -> Any:
        return keep(call(self, x, mask=mask, training=training), mask)

    with mock.patch.object(DilatedGatedConv1D, "call", masked):
        yield


@contextmanager
def elementwise_dropout() -> Iterator[None]:
    """Let dropout draw a number for every value, while a network is made."""
    with mock.patch.object(keras.layers, "SpatialDropout1D", keras.layers.Dropout):
        yield


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=8, help="of each kind; the fastest counts")
    parser.add_argument("--length", type=int, default=512, help="characters that passages are padded to")
    parser.add_argument("--positions", type=int, default=TrainingOptions().positions, help="of a batch")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _data(config: AlignedReader, length: int, positions: int) -> TrainingData:
    """Make passages of three to four quarters of the length, with questions: more than one batch takes."""
    rng = np.random.default_rng(0)

    def ids(size: int) -> Ids:
        characters = rng.integers(2, config.vocabulary_size, size, "int32")
        return Ids(characters, rng.integers(2, config.word_count, size, "int32"))

    data = TrainingData()
    for passage in range(2 * positions // length // QUESTIONS + 2):
        data.passages.append(ids(int(rng.integers(length * 3 // 4 + 1, length + 1))))
        for _ in range(QUESTIONS):
            data.questions.append(ids(QUESTION))
            start = int(rng.integers(0, length // 2))
            data.pairs.append(Pair(passage, len(data.questions) - 1, ((start, start + 5),)))
    return data


def _times(
    config: AlignedReader,
    batches: TrainingBatches,
    batch: Batch,
    variants: dict[str, Callable[[], Any]],
    steps: int,
) -> dict[str, float]:
    """Time one training step of each variant: the fastest of several, taking turns."""
    step: dict[str, Callable[[], Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, variant in variants.items():
            note(f"compiling: {name}")
            with variant():
                network = config.build()
                options = TrainingOptions(epochs=1)
                model = training_run(network, "softmax", batches, options, Path(folder, name)).model
                step[name] = _step(model, batch)
                for _ in range(2):  # traced and compiled while the variant holds, and not again afterwards
                    step[name]()
        note("training")
        taken = [{name: seconds(one) for name, one in step.items()} for _ in range(steps)]
    return {name: min(turn[name] for turn in taken) for name in variants}


def _step(model: keras.Model, batch: Batch) -> Callable[[], float]:
    # A number on the host: the step has then come to its end.
    return lambda: float(model.train_on_batch(batch.inputs, batch.labels, sample_weight=batch.weights))


def _forward_flops(config: AlignedReader, batch: Batch) -> int:
    """Count the operations of the real characters of the batch's real pairs."""
    passages = (batch.inputs["passage_characters"] != 0).sum(axis=1)
    questions = (batch.inputs["question_characters"] != 0).sum(axis=1)
    rows = batch.inputs["row"]
    pairs = [(passages[rows[i]], questions[i]) for i in np.flatnonzero(batch.weights)]
    return int(flops.reading(config, passages, questions, pairs))


if __name__ == "__main__":
    main()
