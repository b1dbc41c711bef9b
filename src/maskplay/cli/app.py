"""The commands, put together."""

import sys
from typing import Annotated

import typer

from maskplay.cli.ask import ask
from maskplay.cli.calibrate import calibrate
from maskplay.cli.compiled_programs import keep_compiled_programs
from maskplay.cli.doctor import doctor
from maskplay.cli.evaluate import evaluate
from maskplay.cli.glue import glue
from maskplay.cli.masks_audit import audit
from maskplay.cli.masks_draw import draw
from maskplay.cli.masks_explain import explain
from maskplay.cli.measure import COMMANDS as MEASURES
from maskplay.cli.pretrain import pretrain as pretrain_reader
from maskplay.cli.refusal import silence, tidy
from maskplay.cli.train import train
from maskplay.cli.vectors import vectors
from maskplay.cli.write_evaluate import evaluate as evaluate_writer
from maskplay.cli.write_generate import generate
from maskplay.cli.write_prune import prune
from maskplay.cli.write_train import pretrain
from maskplay.cli.write_train import train as train_writer

_SETTINGS = {"help_option_names": ["-h", "--help"]}


def _typer(description: str) -> typer.Typer:
    # Plain help and plain tracebacks: what is pretty costs a tenth of a second at each start.
    return typer.Typer(
        help=description,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings=_SETTINGS,
    )


app = _typer("Sequence models whose masks can be seen, composed and proven.")
read = _typer("Answer questions from texts, verbatim; train and measure readers.")
app.add_typer(read, name="read")
for command in (ask, train, evaluate, calibrate, doctor, vectors):
    read.command(context_settings=_SETTINGS)(tidy(command))
read.command("pretrain", context_settings=_SETTINGS)(tidy(pretrain_reader))

write = _typer("Write texts for texts: train writers, let them write, measure them.")
app.add_typer(write, name="write")
for name, write_command in (
    ("train", train_writer),
    ("evaluate", evaluate_writer),
    ("generate", generate),
    ("pretrain", pretrain),
    ("prune", prune),
):
    write.command(name, context_settings=_SETTINGS)(tidy(write_command))

masks = _typer("Attention masks: who may look at whom. Draw them, and see how they are computed.")
app.add_typer(masks, name="masks")
for masks_command in (draw, explain, audit):
    masks.command(context_settings=_SETTINGS)(tidy(masks_command))

measure = _typer("Why a model trains, or does not: measure data, layers and losses.")
app.add_typer(measure, name="measure")
for measure_command in MEASURES:
    measure.command(context_settings=_SETTINGS)(tidy(measure_command))

app.command(context_settings=_SETTINGS)(tidy(glue))


def _version(asked: bool) -> None:
    if asked:
        from maskplay import __version__

        typer.echo(f"maskplay {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line."""
    if sys.stdout is None:  # it was closed (>&-): what would be printed goes nowhere
        silence()
    for stream in (sys.stdout, sys.stderr):
        # Texts may hold what the terminal cannot show, lone surrogates among them. In JSON the result is an escape.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    keep_compiled_programs()
    app()
