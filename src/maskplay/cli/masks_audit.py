"""`maskplay masks audit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maskplay.cli.console import console, print_json
from maskplay.cli.model_data import arrays_in
from maskplay.cli.refusal import Refusal

if TYPE_CHECKING:
    from maskplay.masks.audit import MaskReport

FAULTY = 1


def audit(
    file: Annotated[Path, typer.Argument(help="A model, as model.save writes it.", show_default=False)],
    imports: Annotated[
        list[str] | None,
        typer.Option("--import", help="Module that registers the model's own layers; may be repeated."),
    ] = None,
    inputs: Annotated[
        Path | None,
        typer.Option(help="Arrays to try it on: .npz by the inputs' names, or .npy.", show_default="made up"),
    ] = None,
    length: Annotated[
        int | None,
        typer.Option(min=2, help="Positions of made-up inputs.", show_default="what --mask tells; a prime"),
    ] = None,
    mask_input: Annotated[
        str | None, typer.Option(help="The input that is a mask.", show_default="by type and name")
    ] = None,
    pad: Annotated[int, typer.Option(min=-(2**31), max=2**31 - 1, help="The id of padding.")] = 0,
    amounts: Annotated[
        list[int] | None,
        typer.Option(
            min=1,
            max=2**20,
            help="By how many positions to pad more; may be repeated.",
            show_default="1 and 5",
        ),
    ] = None,
    mask: Annotated[
        str | None,
        typer.Option(help="What the network may see, as for `masks draw`.", show_default="not checked"),
    ] = None,
    depth: Annotated[
        int | None, typer.Option(min=1, help="The mask is that of each of so many layers.")
    ] = None,
    allow_unused: Annotated[
        bool, typer.Option("--allow-unused", help="With --mask: what may be seen need not have an influence.")
    ] = False,
    dependencies: Annotated[bool, typer.Option(help="Draw which position moves which.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Prove that a Keras model keeps to its masks: padding changes nothing, and no position sees what it must not.

    The model is run, and nothing is believed of it. No code in the file is run: lambdas are refused, and layers of
    your own must be registered by a module that you name.

    \b
    Examples:
      maskplay masks audit model.keras
      maskplay masks audit model.keras --import mypackage.layers --json
      maskplay masks audit decoder.keras --mask causal --length 9
      maskplay masks audit bert.keras --inputs batch.npz --mask-input attention_mask
      maskplay masks audit bert.keras --length 510 --amounts 1 --amounts 2

    Exit code: 0 it keeps to its masks, 1 it does not, 2 it cannot be loaded or tried.
    """
    from maskplay.masks import audit as proof
    from maskplay.masks.audit.load_model import load_model
    from maskplay.masks.told_length import told_length

    if mask is None and (depth is not None or allow_unused):
        raise Refusal("--depth and --allow-unused say how a mask is meant; name it: --mask.")
    if inputs is not None and length is not None:
        raise Refusal(
            "--length is of made-up inputs; --inputs have a length of their own. Give one of the two."
        )
    model = load_model(file, imports or ())
    given = None if inputs is None else arrays_in(inputs)
    if length is None and mask is not None:
        length = told_length(mask)
    padded = proof.example_inputs(model, length, padded=True) if given is None else given
    full = proof.example_inputs(model, length) if given is None else given
    try:
        report = proof.mask_report(model, padded, mask_input=mask_input, pad_id=pad)
        found: dict[str, Any] = {"file": str(file), "report": report.to_dict()}
        more = {"amounts": amounts} if amounts else {}
        found["padding"] = _padding(model, padded, mask_input=mask_input, pad_id=pad, **more)
        found["mask"] = (
            None
            if mask is None
            else _mask(model, full, mask, mask_input, depth=depth, pad_id=pad, unused=not allow_unused)
        )
        found["dependencies"] = None
        if dependencies:
            seen = proof.dependencies(model, full, mask_input=mask_input, pad_id=pad)
            found["dependencies"] = {**seen.to_dict(), "drawing": seen.draw()}
    except TypeError as error:  # inputs of a type that the model, or a mask, does not take
        raise Refusal(f"{file}: {error}") from error
    verdicts = [part["ok"] for part in (found["padding"], found["mask"]) if part and part["ok"] is not None]
    if not verdicts:
        raise Refusal(f"{file}: {found['padding']['text']} Nothing is proven.")
    found["ok"] = all(verdicts) and not report.problems
    if as_json:
        print_json(found)
    else:
        _print(report, found)
    if not found["ok"]:
        raise typer.Exit(FAULTY)


def _padding(model: Any, inputs: Any, **options: Any) -> dict[str, Any]:
    from maskplay.masks.audit import PaddingError, check_padding

    try:
        proof = check_padding(model, inputs, **options)
    except PaddingError as error:
        changes = [{**vars(change), "text": str(change)} for change in error.changes]
        return {"ok": False, "text": str(error), "changes": changes}
    except ValueError as error:  # nothing to try, or nothing tells what padding is
        return {"ok": None, "text": str(error), "changes": []}
    ways = f"{len(proof.tried)} way{'s' * (len(proof.tried) > 1)}"
    text = f"Padding changes nothing that is kept (tried {ways}, {proof.largest:.1g} at most)."
    return {
        "ok": True,
        "text": "\n".join([text, *proof.refused]),
        "changes": [],
        **proof.to_dict(),
    }


def _mask(model: Any, inputs: Any, expression: str, mask_input: str | None, **options: Any) -> dict[str, Any]:
    from maskplay.cli.masks_draw import parsed
    from maskplay.masks.audit import LeakageError, check_leakage
    from maskplay.masks.audit.sequence_length import sequence_length

    allowed = parsed(expression, sequence_length(model, inputs, mask_input=mask_input))
    try:
        check_leakage(model, allowed, inputs, mask_input=mask_input, **options)
    except LeakageError as error:
        pairs = {name: [pair._asdict() for pair in getattr(error, name)] for name in ("leaks", "unused")}
        return {"ok": False, "text": str(error), "expression": expression, **pairs}
    everywhere = "where" if options["unused"] else "only where"
    elsewhere = ", and nowhere else" if options["unused"] else ""
    text = f"The network looks {everywhere} {expression} allows it{elsewhere}."
    return {"ok": True, "text": text, "expression": expression, "leaks": [], "unused": []}


def _print(report: "MaskReport", found: dict[str, Any]) -> None:
    console().print(report)
    for part in ("padding", "mask"):
        if found[part]:
            print(f"\n{found[part]['text']}")
    if found["dependencies"]:
        print(f"\nWhich input (across) moves which output (down):\n{found['dependencies']['drawing']}")
    print(f"\n{'It keeps to its masks.' if found['ok'] else 'It does not keep to its masks.'}")
