"""Pictures of solids, still and turning."""

import os
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.mesh import Mesh
from maskplay.geometry.tabulated import Floats
from maskplay.geometry.write import write

if TYPE_CHECKING:
    from PIL.Image import Image

PICTURE_FORMATS = ("png", "gif")
_COLOURS = np.array([[224, 130, 62], [70, 130, 168]], float)  # of the two sheets
_SEAM = (52, 46, 44)
_LIGHT = np.array([0.35, 0.5, 0.79])  # to the right, from above, from behind the viewer
_FINER = 3  # pixels drawn for each one shown
_FRAMES = 36


def picture(mesh: Mesh, size: int = 640, *, azimuth: float = 52.0, elevation: float = 25.0) -> "Image":
    """Draw a solid.

    Args:
        mesh: some thousand triangles look smooth.
        size: width in pixels; the height is three quarters of it.
        azimuth: degrees by which it is turned about its axis z.
        elevation: degrees from which the viewer looks down.

    Raises:
        ImportError: if Pillow is not installed.
    """
    try:
        from PIL import Image, ImageDraw
    except ImportError as error:
        raise ImportError("Drawing pictures needs Pillow: pip install 'maskplay[glue]'") from error

    wide, high = size * _FINER, size * 3 // 4 * _FINER
    middle = (mesh.vertices.max(axis=0) + mesh.vertices.min(axis=0)) / 2
    radius = float(np.linalg.norm(mesh.vertices - middle, axis=1).max())
    seen = (mesh.vertices - middle) @ _view(azimuth, elevation).T
    scale = 0.47 * high / radius
    shift = (seen.max(axis=0) + seen.min(axis=0)) / 2
    flat = np.stack([wide / 2 + (seen - shift)[:, 0] * scale, high / 2 - (seen - shift)[:, 1] * scale])
    image = Image.new("RGB", (wide, high), "white")
    draw = ImageDraw.Draw(image)
    for triangle, colour in _shaded(mesh, seen):
        draw.polygon([tuple(point) for point in flat.T[triangle]], fill=colour)
    for start, end in _seam(mesh, seen):
        draw.line([tuple(flat.T[start]), tuple(flat.T[end])], fill=_SEAM, width=_FINER * max(1, size // 320))
    return image.resize((size, size * 3 // 4), Image.Resampling.LANCZOS)


def save_picture(mesh: Mesh, path: str | os.PathLike[str], size: int = 640) -> Path:
    """Write a picture; an existing file is replaced in one step.

    Args:
        mesh: the solid.
        path: ends with .png, or with .gif for a picture that turns.
        size: width in pixels.

    Raises:
        GluingError: if it ends otherwise.
        ImportError: if Pillow is not installed.
    """
    target = Path(path)
    kind = target.suffix.lower().removeprefix(".")
    if kind not in PICTURE_FORMATS:
        raise GluingError(f"A picture is written as .png or .gif. Received: {target.name}")
    written = BytesIO()
    if kind == "png":
        picture(mesh, size).save(written, "png", optimize=True)
    else:
        turns = np.arange(_FRAMES) * (360 / _FRAMES)
        frames = [picture(mesh, size, azimuth=float(turn)).quantize(48) for turn in turns]
        frames[0].save(
            written, "gif", save_all=True, append_images=frames[1:], duration=80, loop=0, optimize=True
        )
    return write(target, written.getvalue())


def _view(azimuth: float, elevation: float) -> Floats:
    """Give the rotation `(3, 3)` to the viewer's axes: right, up, towards the viewer."""
    a, e = np.radians([azimuth, elevation])
    right = np.array([-np.sin(a), np.cos(a), 0])
    towards = np.array([np.cos(a) * np.cos(e), np.sin(a) * np.cos(e), np.sin(e)])
    return np.stack([right, np.cross(towards, right), towards])


def _shaded(mesh: Mesh, seen: Floats) -> list[tuple[Floats, tuple[int, ...]]]:
    """List the triangles that face the viewer with their colours, those behind first."""
    colour = np.repeat(_COLOURS, [len(sheet.triangles) for sheet in mesh.sheets], axis=0)
    a, b, c = np.moveaxis(seen[mesh.triangles], 1, 0)
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-300)
    light = 0.62 + 0.38 * normal @ _LIGHT
    facing = np.flatnonzero(normal[:, 2] > 0)
    order = facing[np.argsort((a + b + c)[facing, 2])]
    shades = (colour * light[:, None]).clip(0, 255).astype(int)
    return [(mesh.triangles[i], tuple(shades[i].tolist())) for i in order]


def _seam(mesh: Mesh, seen: Floats) -> list[tuple[int, int]]:
    """List the edges of the seam that are seen: those of a triangle that faces the viewer."""
    a, b, c = np.moveaxis(seen[mesh.triangles], 1, 0)
    facing = mesh.triangles[np.cross(b - a, c - a)[:, 2] > 0]
    edges = facing[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    count = len(mesh.vertices)
    apart = np.mod(edges[:, 1] - edges[:, 0], count)
    return [(int(i), int(j)) for i, j in edges[(apart == 1) | (apart == count - 1)]]
