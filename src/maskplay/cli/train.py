"""`maskplay read train`."""

from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maskplay.cli.refusal import Refusal, say
from maskplay.cli.resumable import resumable
from maskplay.cli.start_reader import start_reader
from maskplay.cli.warned import warned

if TYPE_CHECKING:
    from maskplay.reading import TrainingOptions


LARGEST_SEED = 2**32 - 1  # that Keras takes


class Network(StrEnum):
    """The networks that can be trained."""

    aligned = "aligned"
    dgcnn = "dgcnn"


def train(
    files: Annotated[list[Path], typer.Argument(help="Datasets to train on.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the reader.", show_default=False)],
    validate: Annotated[
        Path | None,
        typer.Option(
            help="Dataset that chooses the best epoch and calibrates.",
            show_default="the questions of 4 % of the passages, held out",
        ),
    ] = None,
    network: Annotated[
        Network, typer.Option(help="aligned, or that of the posts; with --start it is the reader's own.")
    ] = Network.aligned,
    vectors: Annotated[
        Path | None,
        typer.Option(help="Word vectors.", show_default="trained on the passages; needs maskplay[train]"),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            help='Folder of a reader to start from, or "bundled"; then --epochs 3 --learning-rate 3e-4 are enough.',
            show_default="fresh weights",
        ),
    ] = None,
    teacher: Annotated[
        list[Path] | None,
        typer.Option(
            help="A reader, or a checkpoint, to learn from as well; may be repeated.", show_default="none"
        ),
    ] = None,
    metric: Annotated[
        str | None, typer.Option(help="What validates.", show_default="the validation data's own")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes over the data.", show_default="as the bundled reader")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Its peak.", show_default="as the bundled reader")
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(min=1, help="Passage characters in a batch.", show_default="as the bundled reader"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Of weights, order and dropout.")] = 0,
    simplify: Annotated[
        bool, typer.Option(help="Write Traditional Chinese in Simplified characters.")
    ] = False,
    mixed_precision: Annotated[bool, typer.Option(help="Compute in bfloat16; for accelerators.")] = False,
) -> None:
    """Train a reader on datasets of any known format (SQuAD, CMRC, DRCD, WebQA, Sogou, JSON lines).

    Checkpoints and the history (history.jsonl, history.png) go to OUT.training. The same command again goes on where
    a run was stopped, at whatever moment, with the result of a run that was never stopped.

    \b
    Examples:
      maskplay read train train.json --out reader/
      maskplay read train cmrc.json drcd.json --simplify --validate dev.json --out reader/ --epochs 8
      maskplay read train own.jsonl --vectors vectors.safetensors --network dgcnn --out reader/
      maskplay read train own.jsonl --start bundled --epochs 3 --learning-rate 3e-4 --out own-reader/
      maskplay read train train.json --teacher slow-qa-bert/ --out fast-reader/
    """
    from maskplay.cli.data import dataset, joined

    beginner = start_reader(out, start, vectors)
    if learning_rate is not None and not 0 < learning_rate < 1:
        raise Refusal(f"--learning-rate must be between 0 and 1. Received: {learning_rate:g}")
    loaded = [dataset(file, simplify=simplify) for file in files]
    validation = dataset(validate, simplify=simplify) if validate else None
    chosen = checked_metric(metric) or (validation or loaded[0]).metric
    words = word_vectors(vectors)

    say("Preparing; with this much data it may take a minute.")
    from maskplay.cli.training_report import TrainingReport
    from maskplay.reading import Reader, RoughCalibration
    from maskplay.reading.fitting import fit

    options = _options(epochs=epochs, learning_rate=learning_rate, positions=batch, seed=seed)
    if mixed_precision:
        import keras

        keras.config.set_dtype_policy("mixed_bfloat16")
    told = TrainingReport(out.with_name(out.name + ".training"), options.epochs)
    with warned(RoughCalibration), resumable(told) as report:
        fit(
            joined(loaded),
            out,
            validation=None if validation is None else list(validation),
            metric=chosen,
            network=network.value,
            vectors=words,
            options=options,
            tell=report.step,
            note=report.epoch,
            teachers=[Reader.load(folder) for folder in teacher or ()],
            heard=report.heard,
            start=beginner,
        )
    say(f"The reader is in {out}; ask it with: maskplay read ask --model {quote(str(out))} QUESTION TEXTS")


def checked_metric(name: str | None) -> str | None:
    """Require the name of a metric, or None."""
    if name is not None:
        from maskplay import metrics

        metrics.get(name)
    return name


def word_vectors(path: Path | None) -> Any:
    """Read word vectors, if a file of some is named."""
    if path is None:
        return None
    from maskplay.text import WordVectors

    if path.is_dir():
        raise Refusal(f"{path}: a folder; name a file of word vectors.")
    return WordVectors.load(path)


def _options(**given: Any) -> "TrainingOptions":
    from maskplay.reading import TrainingOptions

    return TrainingOptions(**{name: value for name, value in given.items() if value is not None})
