"""`maskplay write train` and `maskplay write pretrain`."""

from collections.abc import Callable, Iterable
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maskplay.cli.out_folder import check_out
from maskplay.cli.refusal import Refusal, say
from maskplay.cli.resumable import resumable
from maskplay.cli.warned import warned

if TYPE_CHECKING:
    from maskplay.writing import Objective, Pair, TrainingOptions, Writer

Files = Annotated[list[Path], typer.Argument(show_default=False)]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the writer.", show_default=False)]
Start = Annotated[
    str | None,
    typer.Option(
        help="Where weights come from: a writer's folder; or a checkpoint, folder or name on the hub.",
        show_default="fresh ones",
    ),
]
Validate = Annotated[
    Path | None,
    typer.Option(help="File that chooses the best epoch.", show_default="2 % of the data, held out"),
]
_FRESH = {"width": 256, "depth": 6, "dropout": 0.1, "at_least": 1}
Width = Annotated[
    int | None, typer.Option(min=2, help="Channels of a fresh network.", show_default=str(_FRESH["width"]))
]
Depth = Annotated[
    int | None, typer.Option(min=1, help="Blocks of a fresh network.", show_default=str(_FRESH["depth"]))
]
Dropout = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=0.9,
        help="Share that a fresh network drops; 0 for one pass over much.",
        show_default=str(_FRESH["dropout"]),
    ),
]
AtLeast = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="A fresh writer knows the characters that occur so often.",
        show_default=str(_FRESH["at_least"]),
    ),
]
TheObjective = Annotated[
    str, typer.Option("--objective", help="seq2seq, lm, mlm, plm, or a mixture with weights: mlm:2,lm:1.")
]
Epochs = Annotated[int, typer.Option(min=1, help="Passes over the data.")]
Rate = Annotated[float, typer.Option(help="The learning rate's peak: 5e-4 for fresh, 5e-5 for pretrained.")]
Length = Annotated[int, typer.Option(min=4, help="Tokens of a row, into which several examples are packed.")]
Rows = Annotated[int, typer.Option(min=1, help="Rows of a batch.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Of weights, order and dropout.")]
Simplify = Annotated[bool, typer.Option(help="Write Traditional Chinese in Simplified characters.")]


def _pairs_in(path: Path) -> "Iterable[Pair]":
    from maskplay.writing import read_pairs

    return read_pairs(path)


def _texts_in(path: Path) -> "Iterable[Pair]":
    from maskplay.writing import Pair, read_texts

    return (Pair("", text) for text in read_texts(path))


def _command(
    help: str, what: str, read: "Callable[[Path], Iterable[Pair]]", objective: str, epochs: int
) -> Callable[..., None]:
    """Make a command that trains: both have the same options, with other defaults."""

    def command(
        files: Files,
        out: Out,
        start: Start = None,
        validate: Validate = None,
        objective: TheObjective = objective,
        epochs: Epochs = epochs,
        learning_rate: Rate = 5e-4,
        length: Length = 128,
        rows: Rows = 32,
        width: Width = None,
        depth: Depth = None,
        dropout: Dropout = None,
        at_least: AtLeast = None,
        seed: Seed = 0,
        simplify: Simplify = False,
    ) -> None:
        chosen = {"width": width, "depth": depth, "dropout": dropout, "at_least": at_least}
        fresh = _of_fresh(chosen, start)

        from maskplay.writing import TrainingOptions, objective_named
        from maskplay.writing.writer_files import check_place

        check_out(out, check_place, start)

        learned = objective_named(objective)
        options = TrainingOptions(
            epochs=epochs, learning_rate=learning_rate, length=length, rows=rows, seed=seed
        )
        pairs = _pairs(files, read, what, simplify)
        held = None if validate is None else _pairs([validate], read, what, simplify)
        _train(pairs, held, out, start, learned, options, {**fresh, "simplify": simplify})

    command.__doc__ = help
    return command


train = _command(
    """Train a writer on pairs: files of source<TAB>target, JSON lines, poems (.jsonl; .xz and .gz too).

Checkpoints and the history go to OUT.training. The same command again goes on where a run was stopped, at whatever
moment, with the result of a run that was never stopped.

\b
Examples:
  maskplay write train titles.tsv --out writer/
  maskplay write train titles.tsv --start bert-base-chinese --learning-rate 5e-5 --out writer/
  maskplay write train tang.jsonl.xz --simplify --at-least 20 --out poet/
""",
    "pairs",
    _pairs_in,
    "seq2seq",
    epochs=10,
)
pretrain = _command(
    """Train a writer on plain texts: each line of a file, each "text" or poem of a .jsonl.

\b
Examples:
  maskplay write pretrain corpus.txt --at-least 5 --out base/
  maskplay write pretrain corpus.txt --objective mlm:2,plm:1 --out base/
  maskplay write train titles.tsv --start base/ --learning-rate 1e-4 --out writer/
""",
    "texts",
    _texts_in,
    "mlm:1,lm:1,seq2seq:1",
    epochs=1,
)


def _of_fresh(chosen: dict[str, Any], start: str | None) -> dict[str, Any]:
    """Give what a fresh writer is made with; with weights from elsewhere all that is settled."""
    given = {name: value for name, value in chosen.items() if value is not None}
    if given and start is not None:
        names = ", ".join("--" + name.replace("_", "-") for name in given)
        raise Refusal(
            f"{names}: for a fresh network; with --start it is as it was made. Leave out one of them."
        )
    return {**_FRESH, **given}


def _train(
    pairs: "list[Pair]",
    held: "list[Pair] | None",
    out: Path,
    start: str | None,
    objective: "Objective",
    options: "TrainingOptions",
    fresh: dict[str, Any],
) -> None:
    from maskplay.writing.held_out import held_out
    from maskplay.writing.training_data import PairsLeftOut

    if held is None:
        pairs, held = held_out(pairs, options.seed)
    say(f"{len(pairs):,} to learn from, {len(held):,} to validate on.")
    writer = _writer(start, pairs, options, fresh)

    from maskplay.cli.write_report import WriteReport

    run = out.with_name(out.name + ".training")
    with resumable(WriteReport(run, options.epochs)) as report, warned(PairsLeftOut):
        writer.fit(
            pairs,
            validation=held,
            objective=objective,
            options=options,
            folder=run,
            tell=report.step,
            note=report.epoch,
        )
    writer.save(out)
    say(
        f"The writer is in {out}; let it write with: maskplay write generate --model {quote(str(out))} SOURCE"
    )


def _writer(
    start: str | None, pairs: "list[Pair]", options: "TrainingOptions", fresh: dict[str, Any]
) -> "Writer":
    import keras

    from maskplay.writing import Writer
    from maskplay.writing.writer_files import is_meant_as_writer

    keras.utils.set_random_seed(options.seed)  # a checkpoint may lack a head, too
    if start is None:
        texts = [text for pair in pairs for text in pair]
        return Writer.new(texts, max_positions=max(512, options.length), **fresh)
    return Writer.load(start) if is_meant_as_writer(Path(start)) else Writer.from_pretrained(start)


def _pairs(
    files: list[Path], read: "Callable[[Path], Iterable[Pair]]", what: str, simplify: bool
) -> "list[Pair]":
    from maskplay.writing import Pair

    found: list[Pair] = []
    for file in files:
        if file.is_dir():
            raise Refusal(f"{file}: a folder; name a file.")
        before = len(found)
        found += read(file)
        say(f"{file}: {len(found) - before:,} {what}")
    if not found:
        raise Refusal(f"{', '.join(map(str, files))}: there is nothing to learn from.")
    if not simplify:
        return found
    from maskplay.text import simplify as simplified

    return [Pair(simplified(pair.source), simplified(pair.target)) for pair in found]
