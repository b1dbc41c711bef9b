"""From examples to a trained, calibrated reader."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import keras
import numpy as np

from maskplay import metrics
from maskplay.datasets import Example
from maskplay.decoding import LengthPrior
from maskplay.models import AlignedReader, DGCNNReader
from maskplay.models.training_run import Progress
from maskplay.reading.calibrating import calibrated, warn_of_few
from maskplay.reading.checkpoint.checkpoint_files import SpanCheckpoint
from maskplay.reading.checks import checked_examples
from maskplay.reading.judgement import Judgement
from maskplay.reading.reader import Reader
from maskplay.reading.reader_files import check_place
from maskplay.reading.run_identity import run_identity
from maskplay.reading.teaching import Tell, teach
from maskplay.reading.training import TrainingOptions, training_run
from maskplay.reading.training_batches import TrainingBatches
from maskplay.reading.training_data import TrainingData
from maskplay.reading.variations import Variations
from maskplay.reading.vocabularies import vocabularies
from maskplay.text import WordVectors

NETWORKS: dict[str, type[AlignedReader] | type[DGCNNReader]] = {
    "aligned": AlignedReader,
    "dgcnn": DGCNNReader,
}
_LONGEST_ANSWER = 80


def fit(
    examples: Iterable[Example],
    folder: Path,
    *,
    validation: Iterable[Example] | None = None,
    metric: str | None = None,
    network: str = "aligned",
    vectors: WordVectors | None = None,
    options: TrainingOptions | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
    note: Callable[[dict[str, float]], None] = lambda scores: None,
    teachers: Sequence[Reader] = (),
    heard: Tell = lambda done, total: None,
    start: Reader | None = None,
) -> Reader:
    """Train a reader; see `Reader.fit`."""
    options = options or TrainingOptions()
    if network not in NETWORKS:
        raise ValueError(f"network must be one of {', '.join(NETWORKS)}. Received: {network!r}")
    _check_start(start, vectors)
    metric = metric or str(getattr(validation, "metric", None) or getattr(examples, "metric", "cmrc"))
    metrics.get(metric)  # now rather than after the first epoch
    check_place(folder)
    given = checked_examples(examples)
    learned, held = (
        (given, checked_examples(validation)) if validation is not None else held_out(given, options.seed)
    )
    _check_located("train on", learned)
    _check_located("validate on", held)
    warn_of_few(held, stacklevel=4)
    run = folder.with_name(folder.name + ".training")
    run.mkdir(parents=True, exist_ok=True)
    reader = _beginner(run, learned, network, vectors, options) if start is None else _again(start, learned)
    data = TrainingData().add(learned, reader.encode)
    if teachers:
        teach(data, teachers, run / "taught.safetensors", heard)
    keras.utils.set_random_seed(options.seed)
    batches = TrainingBatches(
        data,
        positions=options.positions,
        negatives=options.negatives,
        seed=options.seed,
        vary=Variations(
            data, reader.encode, crops=options.crops, made=options.made, exchanged=options.exchanged
        ),
    )
    identity = {
        **run_identity(map(repr, (*learned, None, *held)), vectors, start),
        "metric": metric,
        "network": network,
        "teachers": _opinions(data),
    }
    training = training_run(reader.network, reader.judgement.objective, batches, options, run, identity)

    def validate() -> dict[str, float]:
        scores = reader.evaluate(held, metric)
        return {"score": scores.average, "em": scores.em, "f1": scores.f1}

    training.run(validate, tell, note)
    training.load_best()
    reader.judgement = calibrated(reader, held, metric, options.seed)
    reader.save(folder)
    return reader


def _check_start(start: Reader | None, vectors: WordVectors | None) -> None:
    if start is not None and isinstance(start.config, SpanCheckpoint):
        raise ValueError(
            "Training must start from a reader of ours: a checkpoint of the BERT family is too large to be trained "
            "here. Give it as a teacher."
        )
    if start is not None and vectors is not None:
        raise ValueError(
            "Word vectors cannot be changed: those of the reader that training starts from stay."
        )


def _beginner(
    run: Path,
    examples: Sequence[Example],
    network: str,
    vectors: WordVectors | None,
    options: TrainingOptions,
) -> Reader:
    """Make a reader with fresh weights."""
    passages = list(dict.fromkeys(p.text for example in examples for p in example.passages))
    texts = [*passages, *(example.question for example in examples)]
    encode = vocabularies(run, texts, vectors, options.seed)
    kind = NETWORKS[network]
    config = kind(len(encode.vocabulary), len(encode.vectors), encode.vectors.dim)
    return Reader(config, encode, Judgement(kind.objective, _length_prior(examples)))


def _again(start: Reader, examples: Sequence[Example]) -> Reader:
    """Make a reader with the weights of another."""
    judgement = Judgement(start.judgement.objective, _length_prior(examples))
    return Reader(start.config, start.encode, judgement, dict(start.weights()))


def _opinions(data: TrainingData) -> str:
    """Identify what teachers said."""
    digest = hashlib.sha256()
    for opinion in data.taught.values():
        digest.update(opinion.tobytes())
    return digest.hexdigest()


def _check_located(what: str, examples: Sequence[Example]) -> None:
    passages = (passage for example in examples if example.answers for passage in example.passages)
    if not any(reference.start is not None for passage in passages for reference in passage.references):
        raise ValueError(
            f"There must be at least one question to {what} whose answer stands in one of its passages. "
            f"Received: {len(examples)} questions without."
        )


def held_out(
    examples: Sequence[Example], seed: int, share: float = 0.04
) -> tuple[list[Example], list[Example]]:
    """Split off the questions of a share of the passages, so that none of these passages is trained on.

    Returns:
        The examples to train on, and those held out.

    Raises:
        ValueError: if there are fewer than two distinct first passages.
    """
    texts = list(dict.fromkeys(example.passages[0].text for example in examples if example.passages))
    if len(texts) < 2:
        raise ValueError(
            f"Training needs at least two distinct passages, one of them to validate on. Received: {len(texts)}"
        )
    order = np.random.default_rng(seed).permutation(len(texts))
    chosen = {texts[i] for i in order[: max(1, round(len(texts) * share))]}
    texts_of = [{passage.text for passage in example.passages} for example in examples]
    return (
        [example for example, own in zip(examples, texts_of, strict=True) if not own & chosen],
        [example for example, own in zip(examples, texts_of, strict=True) if own & chosen],
    )


def _length_prior(examples: Iterable[Example]) -> LengthPrior:
    references = (r for example in examples for passage in example.passages for r in passage.references)
    return LengthPrior.fit((len(r.text) for r in references), max_length=_LONGEST_ANSWER)
