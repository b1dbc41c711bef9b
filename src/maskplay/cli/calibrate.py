"""`maskplay read calibrate`."""

from pathlib import Path
from typing import Annotated

import typer

from maskplay.cli.out_folder import check_out
from maskplay.cli.refusal import say
from maskplay.cli.warned import warned


def calibrate(
    file: Annotated[
        Path, typer.Argument(help="Dataset with answers that trained nothing.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the reader.", show_default=False)],
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            "-m",
            help="A reader, or a question-answering checkpoint.",
            show_default="the bundled one",
        ),
    ] = None,
    metric: Annotated[
        str | None, typer.Option(help="Whose rules say what is right.", show_default="the data's own")
    ] = None,
) -> None:
    """Learn from questions of your own how far to trust a reader's answers, and when to give none.

    A few hundred questions will do. The network stays as it is.

    \b
    Examples:
      maskplay read calibrate own.jsonl --out calibrated/
      maskplay read calibrate dev.json --model hfl-mrc-checkpoint/ --out calibrated/
    """
    from maskplay.cli.data import dataset
    from maskplay.cli.train import checked_metric
    from maskplay.reading import Reader, RoughCalibration
    from maskplay.reading.reader_files import check_place

    check_out(out, check_place)
    data = dataset(file)
    chosen = checked_metric(metric) or data.metric
    reader = Reader.load(model)
    say("Answering; every question is asked several times, so this takes a while.")
    with warned(RoughCalibration):
        reader.calibrate(data, chosen)
    reader.save(out)
    say(f"The reader is in {out}; it answers from a probability of {reader.judgement.threshold:.2f} on.")
