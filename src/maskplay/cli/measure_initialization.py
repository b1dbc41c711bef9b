"""`maskplay measure initialization`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maskplay.cli.console import print_json
from maskplay.cli.model_data import arrays_in, inputs_of
from maskplay.cli.refusal import Refusal, say

if TYPE_CHECKING:
    from maskplay.analysis.initialization import SignalReport

FAULTY = 1


def initialization(
    file: Annotated[Path, typer.Argument(help="A model, as model.save writes it.", show_default=False)],
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", "-d", help="Its inputs: .npz by the inputs' names, or .npy.", show_default="made up"
        ),
    ] = None,
    samples: Annotated[int, typer.Option(min=2, help="How many samples are looked at.")] = 128,
    imports: Annotated[
        list[str] | None,
        typer.Option("--import", help="Module that registers the model's own layers; may be repeated."),
    ] = None,
    inference: Annotated[
        bool, typer.Option("--inference", help="Layers behave as after training, not as during it.")
    ] = False,
    redraw: Annotated[
        int | None, typer.Option(help="Draw all weights anew with this seed: the model as it began.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw it here (.png or .svg).")] = None,
    rescaled: Annotated[
        Path | None, typer.Option(help="Scale every layer to what goes through it, and save the model here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what each layer does to signals and gradients, which explode, vanish or die, and what to change.

    The model is run once forward and backward, and nothing of it is changed. Made-up inputs are normal numbers and
    random ids, which tell of weights but not of your data. No code in the file is run: lambdas are refused, and
    layers of your own must be registered by a module that you name.

    \b
    Examples:
      maskplay measure initialization model.keras --data batch.npz
      maskplay measure initialization model.keras --data batch.npy --picture signals.svg
      maskplay measure initialization model.keras --data batch.npy --rescaled better.keras

    Exit code: 0 nothing is wrong, 1 something is, 2 the model or the data cannot be used.
    """
    from maskplay.analysis.initialization import rescale, signal_report
    from maskplay.masks.audit import example_inputs
    from maskplay.masks.audit.load_model import load_model

    if rescaled is not None and rescaled.suffix != ".keras":
        raise Refusal(f"--rescaled must end in .keras. Received: {rescaled}")
    model = load_model(file, imports or ())
    if redraw is not None:
        import keras

        keras.utils.set_random_seed(redraw)
        model = keras.models.clone_model(model)
    batch = (
        example_inputs(model, rows=samples)
        if data is None
        else inputs_of(model, arrays_in(data), data, samples)
    )
    report = signal_report(model, batch, training=not inference)
    found: dict[str, Any] = {"file": str(file), **report.to_dict(), "rescaled": None}
    if picture is not None:
        report.draw(picture)
        say(f"{picture}: drawn")
    if rescaled is not None:
        found["rescaled"] = [vars(one) for one in rescale(model, batch)]
        after = signal_report(model, batch, training=not inference)
        found["after"] = after.to_dict()
        model.save(rescaled)
        say(f"{rescaled}: {_told(after)}")
    if as_json:
        print_json(found)
    else:
        print(report.table())
    if not report.healthy:
        raise typer.Exit(FAULTY)


def _told(report: "SignalReport") -> str:
    return "nothing is wrong any more" if report.healthy else str(report.findings[0])
