"""`maskplay glue`."""

import math
import os
import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from maskplay.cli.console import print_json
from maskplay.cli.glue_files import FORMATS, shown, write_file
from maskplay.cli.refusal import Refusal, say


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
    offset: Annotated[
        float | None,
        typer.Option(
            help="Glue the first one's tip at this share of the other one's edge, from its tip: any convex sheets.",
            show_default="onto",
        ),
    ] = None,
    triangles: Annotated[
        int, typer.Option(min=4, max=10_000_000, help="Triangles of a solid, about.")
    ] = 20_000,
    vertices: Annotated[
        int, typer.Option(min=8, max=600, help="Vertices of a solid with --offset, about.")
    ] = 120,
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
      maskplay glue ellipse 2 1 --offset 0.125 --out slider.html

    \b
    Files: .stl .glb .obj .ply the solid; .svg .pdf the pattern, in millimetres; .png .gif pictures; .html a page
    on which the solid can be turned; with --offset, it has a slider for the offset.
    """
    files = [_checked(path) for path in out or []]
    if not 0 < scale < math.inf:
        raise Refusal(f"--scale must be a number above 0. Received: {scale:g}")
    if offset is not None and (mend or onto is not Onto.flank):
        raise Refusal("--offset says where sheets are glued, and any close up: leave out --onto and --mend.")

    from maskplay import geometry

    first = geometry.shape(shlex.join(words)).scaled(scale)
    other = geometry.shape(second).scaled(scale) if second is not None else None
    body: geometry.Solid | geometry.DForm
    if offset is None:
        body = geometry.glue(first, other, onto=onto.value, fit=fit, mend=mend)
        mesh = body.mesh(triangles)
    else:
        body = geometry.dform(first, other, offset=offset, fit=fit, vertices=vertices)
        mesh = body.mesh
    for path in files:
        write_file(path, body, mesh, marks)
        say(f"{path}: {FORMATS[path.suffix.lower()]} written")
    figures = {**body.figures(), "mesh": mesh.figures()}
    if as_json:
        print_json(figures)
    else:
        _print(figures)


def _checked(path: Path) -> Path:
    """Refuse a file that could not be written, before anything is computed."""
    if path.suffix.lower() not in FORMATS:
        raise Refusal(f"--out must end with one of {' '.join(FORMATS)}. Received: {path.name}")
    if not path.parent.is_dir():
        raise Refusal(f"{path.parent}: no such folder.")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        why = "it is a folder" if path.is_dir() else "you may not write to its folder"
        raise Refusal(f"{path} cannot be written: {why}.")
    return path


def _print(figures: dict[str, Any]) -> None:
    for letter, sheet in zip("AB", figures["sheets"], strict=True):
        print(f"sheet {letter}    {sheet['name']}, {sheet['perimeter']:.10g} around")
    for name, text in shown(figures).items():
        print(f"{name:<10} {text}")
    if "criterion" in figures:
        criterion = figures["criterion"]
        print(f"{'margin':<10} {criterion['margin']:.4g}, certified {criterion['certified_margin']:.4g}")
        print(f"{'convex':<10} {'yes' if figures['convex'] else 'no'}")
    mesh = figures["mesh"]
    closed = "watertight" if mesh["watertight"] else "not watertight"
    print(f"{'mesh':<10} {mesh['triangles']:,} triangles, edges true to {mesh['edge_error']:.1e}, {closed}")
