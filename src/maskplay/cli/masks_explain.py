"""`maskplay masks explain`."""

from typing import Annotated

import typer

from maskplay.cli.console import print_json
from maskplay.cli.masks_draw import parsed


def explain(
    expression: Annotated[str, typer.Argument(help="Masks composed with &, |, ~.", show_default=False)],
    length: Annotated[
        int | None,
        typer.Option(min=1, help="Positions; not needed where a mask tells it.", show_default=False),
    ] = None,
    last: Annotated[
        int | None, typer.Option(min=1, help="Only the last queries, as a decoding step has them.")
    ] = None,
    backend: Annotated[
        str | None, typer.Option(help="jax, torch or tensorflow; need not be installed.", show_default=False)
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu or gpu.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say which kernel honours a mask, what it is told, what that costs and why; and which queries see nothing.

    Masks are written as for `maskplay masks draw`.

    \b
    Examples:
      maskplay masks explain "causal & padding(900)" --length 1024
      maskplay masks explain "packed(512, 512) & causal" --backend torch --device gpu
    """
    mask = parsed(expression, length)
    if last is not None:
        mask = mask.last(last)
    explanation = mask.explain(backend, device)
    if as_json:
        print_json(explanation.to_dict())
    else:
        print(explanation)
