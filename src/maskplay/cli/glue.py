"""`maskplay glue`."""

import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maskplay.cli.console import print_json
from maskplay.cli.refusal import Refusal, say

if TYPE_CHECKING:
    from maskplay.geometry import Solid

_FORMATS = {
    ".stl": "solid",
    ".glb": "solid",
    ".obj": "solid",
    ".ply": "solid",
    ".svg": "pattern",
    ".pdf": "pattern",
    ".png": "picture",
    ".gif": "picture",
    ".html": "page",
}
_DRAWN = 3000  # triangles in pictures and pages
_SMALL = 30.0  # millimetres


class Onto(StrEnum):
    """What of the second sheet the first one's tip is glued to."""

    flank = "flank"
    tip = "tip"


def glue(
    words: Annotated[list[str], typer.Argument(metavar="SHAPE...", help="A sheet.", show_default=False)],
    second: Annotated[
        str | None, typer.Option("--with", metavar="SHAPE", help="The other sheet.", show_default="the same")
    ] = None,
    onto: Annotated[
        Onto, typer.Option(help="What of the other sheet the first one's tip is glued to.")
    ] = Onto.flank,
    fit: Annotated[
        bool, typer.Option("--fit", help="Scale the other sheet to the first one's perimeter.")
    ] = False,
    mend: Annotated[bool, typer.Option("--mend", help="Take the nearest shapes that close up.")] = False,
    scale: Annotated[float, typer.Option(help="Millimetres for each unit of the sizes.")] = 1.0,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", "-o", help="Write this file; its ending says what. May be repeated."),
    ] = None,
    triangles: Annotated[
        int, typer.Option(min=4, max=10_000_000, help="Triangles of a solid, about.")
    ] = 20_000,
    marks: Annotated[int, typer.Option(min=3, max=1000, help="Match marks of a pattern.")] = 24,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Glue two sheets edge to edge to a solid: its numbers, its mesh, and the pattern to cut.

    \b
    A sheet is one of:
      circle RADIUS              ellipse A B
      stadium A B                rectangle A B [RADIUS]
      superellipse A B EXPONENT  svg FILE
      spline FILE                polygon FILE
    A and B are half the length and half the width; the last three read an outline or its points from a file.

    \b
    Examples:
      maskplay glue ellipse 2 1 --out solid.glb
      maskplay glue ellipse 80 40 --out sheets.pdf --out solid.stl --out turning.gif
      maskplay glue ellipse 2 1 --with "stadium 2 1" --fit --json
      maskplay glue svg outline.svg --mend --out solid.obj

    \b
    Files: .stl .glb .obj .ply the solid; .svg .pdf the pattern, in millimetres; .png .gif pictures; .html a page
    on which the solid can be turned.
    """
    files = [_checked(path) for path in out or []]
    if not scale > 0:
        raise Refusal(f"--scale must be above 0. Received: {scale:g}")

    from maskplay import geometry

    first = geometry.shape(shlex.join(words)).scaled(scale)
    other = geometry.shape(second).scaled(scale) if second is not None else None
    solid = geometry.glue(first, other, onto=onto.value, fit=fit, mend=mend)
    for path in files:
        _write(solid, path, triangles, marks)
        say(f"{path}: {_FORMATS[path.suffix.lower()]} written")
    figures = {**solid.figures(), "mesh": solid.mesh(triangles).figures()}
    if as_json:
        print_json(figures)
    else:
        _print(figures)


def _checked(path: Path) -> Path:
    """Refuse a file that could not be written, before anything is computed."""
    if path.suffix.lower() not in _FORMATS:
        raise Refusal(f"--out must end with one of {' '.join(_FORMATS)}. Received: {path.name}")
    if not path.parent.is_dir():
        raise Refusal(f"{path.parent}: no such folder.")
    return path


def _write(solid: "Solid", path: Path, triangles: int, marks: int) -> None:
    from maskplay import geometry

    kind = _FORMATS[path.suffix.lower()]
    if kind == "solid":
        solid.mesh(triangles).save(path)
    elif kind == "picture":
        geometry.save_picture(solid.mesh(min(triangles, _DRAWN)), path)
    elif kind == "page":
        frame = geometry.PageFrame("", solid.mesh(min(triangles, _DRAWN)), _shown(solid.figures()))
        geometry.save_page([frame], path, " and ".join(sheet.name for sheet in solid.sheets))
    else:
        pattern = solid.pattern(marks)
        pattern.save(path)
        size = max(float(sheet.size.max()) for sheet in pattern.sheets)
        if size < _SMALL:
            say(
                f"The sheets are {size:.3g} mm long; --scale {round(160 / size):g} would make them {160:g} mm."
            )


def _shown(figures: dict[str, Any]) -> dict[str, str]:
    """Choose what people want to read."""
    names = ("length", "width", "height", "volume", "area", "roundness")
    return {name: f"{figures[name]:.10g}" for name in names}


def _print(figures: dict[str, Any]) -> None:
    for letter, sheet in zip("AB", figures["sheets"], strict=True):
        print(f"sheet {letter}    {sheet['name']}, {sheet['perimeter']:.10g} around")
    for name, text in _shown(figures).items():
        print(f"{name:<10} {text}")
    criterion, mesh = figures["criterion"], figures["mesh"]
    print(f"{'margin':<10} {criterion['margin']:.4g}, certified {criterion['certified_margin']:.4g}")
    print(f"{'convex':<10} {'yes' if figures['convex'] else 'no'}")
    edges = f"edges true to {mesh['edge_error']:.1e}"
    print(
        f"{'mesh':<10} {mesh['triangles']:,} triangles, {edges}, watertight: {'yes' if mesh['watertight'] else 'no'}"
    )
