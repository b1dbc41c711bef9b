"""`maskplay read pretrain`."""

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from maskplay.cli.refusal import Refusal, say
from maskplay.cli.resumable import resumable
from maskplay.cli.start_reader import start_reader
from maskplay.cli.text_file import checked_encoding
from maskplay.cli.train import LARGEST_SEED, word_vectors
from maskplay.cli.vectors import texts_of


def pretrain(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Texts: files, folders (*.txt, *.md), datasets (passages and questions), JSON lines with a text each, "
            "- for standard input. What is named twice is read twice.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the reader.", show_default=False)],
    vectors: Annotated[
        Path | None,
        typer.Option(
            help="Word vectors; not with --start, whose words stay.",
            show_default="trained on the texts; needs maskplay[train]",
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            help='Folder of an aligned reader to start from, or "bundled".',
            show_default="fresh weights",
        ),
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the texts.")] = 1,
    learning_rate: Annotated[
        float | None, typer.Option(help="Its peak.", show_default="2e-3; 5e-4 with --start")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=LARGEST_SEED, help="Of weights, order and what is hidden.")
    ] = 0,
    simplify: Annotated[
        bool, typer.Option(help="Write Traditional Chinese in Simplified characters.")
    ] = False,
    mixed_precision: Annotated[bool, typer.Option(help="Compute in bfloat16; for accelerators.")] = False,
    encoding: Annotated[str, typer.Option(help="Encoding of the texts.")] = "utf-8",
) -> None:
    """Teach a reader to say hidden words of plain texts; then train it on questions: read train --start OUT.

    Checkpoints and the history go to OUT.training. The same command again goes on where a run was stopped.

    \b
    Examples:
      maskplay read pretrain corpus/ --out pretrained/
      maskplay read pretrain corpus/ --start bundled --out pretrained/
      maskplay read train own.jsonl --start pretrained/ --out reader/
    """
    rate = learning_rate if learning_rate is not None else 2e-3 if start is None else 5e-4
    if not 0 < rate < 1:
        raise Refusal(f"--learning-rate must be between 0 and 1. Received: {rate:g}")
    checked_encoding(encoding)
    beginner = start_reader(out, start, vectors)
    texts = texts_of(files, encoding, simplify)
    words = word_vectors(vectors)
    if not any(map(str.strip, texts)):
        raise Refusal("The texts are empty, so there is nothing to learn from.")
    say(f"Learning from {len(texts):,} texts of {sum(map(len, texts)):,} characters.")

    from maskplay.cli.write_report import WriteReport
    from maskplay.reading.pretraining import PretrainingOptions
    from maskplay.reading.pretraining.pretrain import pretrain as learn

    if mixed_precision:
        import keras

        keras.config.set_dtype_policy("mixed_bfloat16")
    options = PretrainingOptions(epochs=epochs, learning_rate=rate, seed=seed)
    told = WriteReport(out.with_name(out.name + ".training"), epochs, "characters")
    with resumable(told) as report:
        learn(
            texts,
            out,
            vectors=words,
            start=beginner,
            options=options,
            tell=report.step,
            note=report.epoch,
        )
    say(
        f"The reader is in {out}; train it on questions with: maskplay read train DATASET --start {quote(str(out))}"
    )
