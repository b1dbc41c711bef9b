"""Files of `maskplay glue`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from maskplay.cli.refusal import say

if TYPE_CHECKING:
    from maskplay.geometry import DForm, Mesh, PageFrame, Solid

FORMATS = {
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
"""What is written to a file with each ending."""

_DRAWN = 3000  # triangles in pictures and pages
_SMALL = 30.0  # millimetres
_OFFSETS = 16  # positions of the slider, from tip on tip on
_VERTICES = 80  # of each solid on a page with a slider


def write_file(path: Path, body: "Solid | DForm", mesh: "Mesh", marks: int) -> None:
    """Write what the ending of a file says.

    Args:
        path: the file.
        body: what was glued.
        mesh: of the body.
        marks: match marks of a pattern.
    """
    from maskplay import geometry

    kind = FORMATS[path.suffix.lower()]
    drawn = body.mesh(_DRAWN) if isinstance(body, geometry.Solid) and len(mesh.triangles) > _DRAWN else mesh
    if kind == "solid":
        mesh.save(path)
    elif kind == "picture":
        geometry.save_picture(drawn, path)
    elif kind == "page":
        _write_page(path, body, drawn)
    else:
        pattern = body.pattern(marks)
        pattern.save(path)
        size = max(float(sheet.size.max()) for sheet in pattern.sheets)
        if size < _SMALL:
            say(f"The sheets are {size:.3g} mm long; --scale {160 / size:.2g} would make them 160 mm.")


def shown(figures: dict[str, Any]) -> dict[str, str]:
    """Choose what people want to read."""
    names = ("offset", "length", "width", "height", "volume", "area", "roundness")
    return {name: f"{figures[name]:.10g}" for name in names if name in figures}


def _write_page(path: Path, body: "Solid | DForm", drawn: "Mesh") -> None:
    from maskplay import geometry

    title = " and ".join(sheet.name for sheet in body.sheets)
    if isinstance(body, geometry.Solid):
        geometry.save_page([geometry.PageFrame("", drawn, shown(body.figures()))], path, title)
        return
    # Half a turn of a sheet with mirror lines changes nothing.
    whole = 0.5 if any(sheet.mirrored for sheet in body.sheets) and body.offset <= 0.5 else 1.0
    offsets = sorted({*(whole * number / _OFFSETS for number in range(_OFFSETS + 1)), body.offset})
    frames = [frame for offset in offsets if (frame := _frame(body, offset)) is not None]
    at = [frame.label for frame in frames].index(f"{body.offset:.4g}")
    geometry.save_page(frames, path, title, shown=at)


def _frame(body: "DForm", offset: float) -> "PageFrame | None":
    """Glue the same sheets at another offset; None where that gives no mesh."""
    from maskplay import geometry

    try:
        vertices = min(_VERTICES, len(body.mesh.vertices))
        same = offset == body.offset
        form = body if same else geometry.dform(*body.sheets, offset=offset, vertices=max(8, vertices))
    except geometry.GluingError as error:
        say(f"Left out of the page: offset {offset:g}. {error}")
        return None
    return geometry.PageFrame(f"{offset:.4g}", form.mesh, shown(form.figures()))
