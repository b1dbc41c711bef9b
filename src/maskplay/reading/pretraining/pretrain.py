"""From plain texts to a reader that may be trained on questions."""

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path

import keras
import numpy as np

from maskplay.decoding import LengthPrior
from maskplay.models import AlignedReader
from maskplay.models.begin_training import begin_training
from maskplay.models.training_run import Progress
from maskplay.reading import fitting
from maskplay.reading.checks import checked_place
from maskplay.reading.judgement import Judgement
from maskplay.reading.pretraining.hidden_words import HiddenWords
from maskplay.reading.pretraining.options import PretrainingOptions
from maskplay.reading.pretraining.saying import saying
from maskplay.reading.reader import Reader
from maskplay.reading.reader_files import check_place
from maskplay.reading.run_identity import run_identity
from maskplay.reading.vocabularies import vocabularies
from maskplay.text import WordVectors

_HELD_OUT = 0.01  # of the characters,
_PIECES = 4  # but enough to make some pieces of


def pretrain(
    texts: Iterable[str],
    folder: str | PathLike[str],
    *,
    vectors: WordVectors | None = None,
    start: Reader | None = None,
    options: PretrainingOptions | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
    note: Callable[[dict[str, float]], None] = lambda row: None,
) -> Reader:
    """Teach the part of a reader that reads passages and questions to say hidden words.

    The rest of the reader learns nothing, so that it answers nothing before it is trained: `Reader.fit(start=…)`.

    Args:
        texts: a hundredth of them is held out; what is there twice is read twice.
        folder: for the reader; checkpoints go beside it, and the same call goes on after a kill.
        vectors: of words, which stay as they are; None trains some on the texts.
        start: the reader whose weights, characters and words pretraining starts from; None for fresh ones.
        options: how.
        tell: is called after each step.
        note: is called after each epoch with "epoch", "step", "loss" and, of what was held out, "perplexity".

    Raises:
        ValueError: The texts are too few, or the folder has no name of its own; or the reader to start from is no
            aligned reader, or comes with vectors.
        TypeError: Something else than texts is among them, or the folder is no path.
        FileExistsError: The folder holds something that is not a reader.
    """
    options = options or PretrainingOptions()
    folder = checked_place(folder)
    check_place(folder)
    given = _checked(texts)
    _check_start(start, vectors)
    pieces = _pieces(given, options)
    run = folder.with_name(folder.name + ".training")
    run.mkdir(parents=True, exist_ok=True)
    reader = _reader(run, given, vectors, start, options)
    keras.utils.set_random_seed(options.seed)
    learned, held = (_batches(reader, part, options, rows) for part, rows in pieces)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    kind = run_identity(given, vectors, start)
    training = begin_training(saying(reader.network), loss, learned, options, run, kind=kind)

    def validate() -> dict[str, float]:
        mean = _mean_loss(training.model, held)
        return {"score": -mean, "perplexity": float(np.exp(mean))}

    training.run(validate, tell, note)
    training.load_best()
    reader.save(folder)
    return reader


def _reader(
    run: Path,
    texts: Sequence[str],
    vectors: WordVectors | None,
    start: Reader | None,
    options: PretrainingOptions,
) -> Reader:
    """Make the reader, with a judgement that trusts no answer."""
    if start is None:
        encode = vocabularies(run, texts, vectors, options.seed)
        config = fitting.NETWORKS["aligned"](len(encode.vocabulary), len(encode.vectors), encode.vectors.dim)
        keras.utils.set_random_seed(options.seed)
        judgement = Judgement(config.objective, LengthPrior.fit(range(1, 81), max_length=80), threshold=1.0)
        return Reader(config, encode, judgement)
    judgement = Judgement(start.judgement.objective, start.judgement.length_prior, threshold=1.0)
    return Reader(start.config, start.encode, judgement, dict(start.weights()))


def _checked(texts: Iterable[str]) -> list[str]:
    """Require texts; blank ones are left out."""
    if isinstance(texts, str):
        raise TypeError("texts must be a sequence of texts. Received: one text. Pass [text].")
    given = list(texts)
    for text in given:
        if not isinstance(text, str):
            raise TypeError(f"A text must be a string. Received: {type(text).__name__}")
    return [text for text in given if text.strip()]


def _check_start(start: Reader | None, vectors: WordVectors | None) -> None:
    if start is not None and (not isinstance(start.config, AlignedReader) or vectors is not None):
        raise ValueError(
            "Pretraining must start from an aligned reader, whose word vectors stay. Received: "
            f"{type(start.config).__name__}{'' if vectors is None else ' and word vectors'}"
        )


def _pieces(texts: Sequence[str], options: PretrainingOptions) -> tuple[tuple[list[str], int], ...]:
    """Cut the texts into what is learned and what is held out, with the rows of a batch of each.

    Which pieces are held out, with all their copies, is up to the seed.
    """
    length, rows = options.length, options.positions // options.length
    pieces = [
        text[i : i + length] for text in (f"{text}\n" for text in texts) for i in range(0, len(text), length)
    ]
    distinct = list(dict.fromkeys(pieces))
    shuffled = [distinct[i] for i in np.random.default_rng(options.seed).permutation(len(distinct))]
    wanted = max(_HELD_OUT * sum(map(len, shuffled)), _PIECES * length)
    held = set(shuffled[: 1 + int(np.searchsorted(np.cumsum([len(piece) for piece in shuffled]), wanted))])
    parts = [p for p in pieces if p not in held], [p for p in distinct if p in held]
    least = length * (rows + 1), length * 2
    if any(sum(map(len, part)) < wanted for part, wanted in zip(parts, least, strict=True)):
        raise ValueError(
            f"The texts must have at least {least[0] + (_PIECES + 1) * length:,} characters, blank ones not counted, "
            f"and not all say the same. Received: {sum(map(len, pieces)):,}, of which {sum(map(len, distinct)):,} "
            "differ. Add texts, or make positions and length smaller."
        )
    return (parts[0], rows), (parts[1], 1)


def _batches(reader: Reader, pieces: Sequence[str], options: PretrainingOptions, rows: int) -> HiddenWords:
    ids = {piece: reader.encode(piece) for piece in dict.fromkeys(pieces)}
    encoded = [ids[piece] for piece in pieces]
    return HiddenWords(encoded, length=options.length, rows=rows, share=options.share, seed=options.seed)


def _mean_loss(model: keras.Model, batches: HiddenWords) -> float:
    total = count = 0.0
    for number in range(batches.steps(0)):
        batch = batches.batch(0, number)
        loss = float(model.test_on_batch(batch.inputs, batch.labels, sample_weight=batch.weights))
        total += loss * len(batch.weights)
        count += float(batch.weights.sum())
    return total / max(1.0, count)
