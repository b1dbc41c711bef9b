"""`maskplay measure smoothness`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from maskplay.cli.console import print_json
from maskplay.cli.model_data import arrays_in, inputs_of
from maskplay.cli.refusal import Refusal, say


def smoothness(
    file: Annotated[Path, typer.Argument(help="A model, as model.save writes it.", show_default=False)],
    data: Annotated[
        Path,
        typer.Option(
            "--data", "-d", help=".npz: inputs by their names, and the targets.", show_default=False
        ),
    ],
    loss: Annotated[str, typer.Option(help="By the name that Keras knows: mse, …", show_default=False)],
    targets: Annotated[str, typer.Option(help="Name of the targets in the file.")] = "targets",
    mode: Annotated[
        str, typer.Option(help="Of batch normalization: train, frozen, eval, recalibrated, off.")
    ] = "train",
    samples: Annotated[int, typer.Option(min=2, help="How many samples are looked at.")] = 512,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="The loss is the mean over such batches.", show_default="all")
    ] = None,
    trial_steps: Annotated[
        int, typer.Option(min=0, help="Of gradient descent, for each learning rate tried; 0 tries none.")
    ] = 20,
    audit: Annotated[
        bool, typer.Option("--audit", help="Also compare all modes of batch normalization.")
    ] = False,
    imports: Annotated[
        list[str] | None,
        typer.Option("--import", help="Module that registers the model's own layers; may be repeated."),
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw it here (.png or .svg).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say how smooth a model's loss is, what learning rate that allows, and where normalization would help.

    Curvature by Lanczos with bounds, whole and layer by layer; the loss along its gradient and random directions; the
    largest learning rate by curvature and by trying; and for each layer the norm of E[x⊗x] of what it reads, as it is
    and centred. Nothing of the model is changed, and no code in the file is run: lambdas are refused, and layers of
    your own must be registered by a module that you name.

    \b
    Examples:
      maskplay measure smoothness model.keras --data batch.npz --loss mse
      maskplay measure smoothness model.keras --data batch.npz --loss sparse_categorical_crossentropy --audit
      maskplay measure smoothness model.keras --data batch.npz --loss mse --picture smoothness.svg --json

    Exit code: 0 measured, 2 the model or the data cannot be used.
    """
    from maskplay.analysis import smoothness as room
    from maskplay.masks.audit.load_model import load_model

    model = load_model(file, imports or ())
    inputs, wanted = _read(model, data, targets, samples)
    try:
        found = room.smoothness(
            model,
            loss,
            (inputs, wanted),
            mode=mode,  # type: ignore[arg-type]
            batch_size=batch_size,
            trial_steps=trial_steps,
            progress=say,
        )
        compared = (
            room.batch_norm_audit(model, loss, (inputs, wanted), batch_size=batch_size) if audit else None
        )
    except TypeError as error:
        raise Refusal(str(error)) from error
    report = room.normalization_report(model, inputs)
    if picture is not None:
        found.draw(picture)
        say(f"{picture}: drawn")
    if as_json:
        print_json(
            {
                "file": str(file),
                **found.to_dict(),
                "audit": None if compared is None else compared.to_dict(),
                "normalization": report.to_dict(),
            }
        )
        return
    parts = [found.table(), *([] if compared is None else [compared.table()]), report.table()]
    print("\n\n".join(parts))


def _read(model: Any, path: Path, targets: str, samples: int) -> tuple[Any, Any]:
    """The first samples of a file: inputs in the model's own nest, and targets."""
    arrays = arrays_in(path)
    if not isinstance(arrays, dict):
        raise Refusal(f"{path}: it must be an .npz with inputs and targets. Received: a single array")
    if targets not in arrays:
        raise Refusal(
            f"{path}: it must have the targets under the name {targets} (--targets NAME). Received: {', '.join(arrays)}"
        )
    wanted = arrays.pop(targets)[:samples]
    return inputs_of(model, arrays, path, samples), wanted
