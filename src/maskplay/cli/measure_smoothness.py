"""`maskplay measure smoothness`."""

import inspect
import json
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from maskplay.cli.console import print_json
from maskplay.cli.model_data import arrays_in, inputs_of
from maskplay.cli.refusal import Refusal, say
from maskplay.cli.stage_display import StageDisplay


def smoothness(
    file: Annotated[Path, typer.Argument(help="A model, as model.save writes it.", show_default=False)],
    data: Annotated[
        Path,
        typer.Option(
            "--data", "-d", help=".npz: inputs by their names, and the targets.", show_default=False
        ),
    ],
    loss: Annotated[
        str | None,
        typer.Option(help="By the name that Keras knows: mse, …", show_default="as the model was compiled"),
    ] = None,
    from_logits: Annotated[
        bool, typer.Option("--from-logits", help="The loss takes logits, not probabilities.")
    ] = False,
    targets: Annotated[
        str, typer.Option(help="Name of the targets in the file; of several outputs NAME/OUTPUT, each.")
    ] = "targets",
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
      maskplay measure smoothness compiled.keras --data batch.npz
      maskplay measure smoothness model.keras --data batch.npz --loss mse
      maskplay measure smoothness model.keras --data batch.npz --loss sparse_categorical_crossentropy --audit
      maskplay measure smoothness model.keras --data batch.npz --loss mse --picture smoothness.svg --json

    Exit code: 0 measured, 2 the model or the data cannot be used.
    """
    from maskplay.analysis import smoothness as room
    from maskplay.masks.audit.load_model import load_model

    model = load_model(file, imports or ())
    inputs, wanted = _read(model, data, targets, samples)
    taken = _named(loss, from_logits) if loss is not None else _compiled(file, from_logits)
    try:
        with StageDisplay() as display:
            found = room.smoothness(
                model,
                taken,
                (inputs, wanted),
                mode=mode,  # type: ignore[arg-type]
                batch_size=batch_size,
                trial_steps=trial_steps,
                progress=display,
            )
    except (TypeError, RuntimeError) as error:  # a backend that has no second derivatives, or no memory
        raise Refusal(str(error)) from error
    # What was measured is told, whatever becomes of the rest.
    compared = None
    if audit:
        compare = partial(room.batch_norm_audit, model, taken, (inputs, wanted), batch_size=batch_size)
        compared = _or_note("The modes of batch normalization are left out", compare)
    report = _or_note("Where to normalize is left out", partial(room.normalization_report, model, inputs))
    _tell(file, found, compared, report, as_json)
    if picture is not None:
        found.draw(picture)
        say(f"{picture}: drawn")


def _or_note(missing: str, measure: Callable[[], Any]) -> Any:
    """What is measured; None, and a note, where it cannot be."""
    try:
        return measure()
    except (ValueError, TypeError, RuntimeError) as error:
        say(f"{missing}: {error}")
        return None


def _tell(file: Path, found: Any, compared: Any, report: Any, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "file": str(file),
                **found.to_dict(),
                "audit": None if compared is None else compared.to_dict(),
                "normalization": None if report is None else report.to_dict(),
            }
        )
        return
    print("\n\n".join(one.table() for one in (found, compared, report) if one is not None))


def _named(name: str, from_logits: bool) -> Any:
    """A loss by its name; with logits that of Keras's classes which is made of it."""
    import keras

    if not from_logits:
        return name
    function = keras.losses.get(name)
    kind = getattr(keras.losses, "".join(map(str.title, function.__name__.split("_"))), None)
    if kind is None or "from_logits" not in inspect.signature(kind).parameters:
        raise Refusal(
            f"--from-logits is for losses of probabilities (binary_crossentropy, sparse_categorical_crossentropy, …). "
            f"Received: {name}"
        )
    return kind(from_logits=True)


def _compiled(file: Path, from_logits: bool) -> Any:
    """The loss in a model's file, if it is one of Keras's own: nothing else of the file is run."""
    import keras

    with zipfile.ZipFile(file) as archive:
        compiled = json.loads(archive.read("config.json")).get("compile_config") or {}
    loss = compiled.get("loss")
    if from_logits:
        raise Refusal(
            "--from-logits belongs to a loss that is named: give --loss NAME too. Received: no --loss"
        )
    if not compiled.get("loss_weights"):
        if isinstance(loss, str):
            return loss
        found = _built_in(loss, keras.losses)
        if found is not None:
            return found
    what = (
        "a model that was saved uncompiled" if loss is None else "one with weights, several losses or its own"
    )
    raise Refusal(
        f"{file}: the loss must be one of Keras's own, in the file or by its name (--loss NAME). Received: {what}"
    )


def _built_in(loss: Any, losses: Any) -> Any:
    """One of Keras's losses from its entry in a file; None if it is none of them."""
    if not isinstance(loss, dict) or loss.get("module") != "keras.losses" or loss.get("registered_name"):
        return None
    kind: Any = getattr(losses, str(loss.get("class_name")), None)
    is_loss = isinstance(kind, type) and issubclass(kind, losses.Loss)
    if not is_loss:
        return None
    return kind.from_config({name: x for name, x in loss["config"].items() if name != "dtype"})


def _read(model: Any, path: Path, targets: str, samples: int) -> tuple[Any, Any]:
    """The first samples of a file: inputs and targets in the model's own nests."""
    import keras

    arrays = arrays_in(path)
    if not isinstance(arrays, dict):
        raise Refusal(f"{path}: it must be an .npz with inputs and targets. Received: a single array")
    names = _names_of_targets(model, targets)
    missing = [name for name in names if name not in arrays]
    if missing:
        raise Refusal(
            f"{path}: it must have the targets under the name {', '.join(names)} (--targets NAME). "
            f"Received: {', '.join(arrays)}"
        )
    flat = [arrays.pop(name)[:samples] for name in names]
    inputs = inputs_of(model, arrays, path, samples)
    return inputs, flat[0] if len(flat) == 1 else keras.tree.pack_sequence_as(model._outputs_struct, flat)


def _names_of_targets(model: Any, targets: str) -> list[str]:
    """One name, or with several outputs one for each: by its key in a dictionary, or else by its layer."""
    import keras

    if len(getattr(model, "outputs", None) or ()) < 2:
        return [targets]
    found = keras.tree.flatten_with_path(model._outputs_struct)
    keys = [path[-1] if isinstance(path[-1], str) else x._keras_history.operation.name for path, x in found]
    return [f"{targets}/{key}" for key in keys]
