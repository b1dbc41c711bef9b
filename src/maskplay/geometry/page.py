"""A page on which a solid can be turned."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.mesh import Mesh
from maskplay.geometry.write import write


@dataclass(frozen=True)
class PageFrame:
    """One position of the page's slider.

    Attributes:
        label: stands beside the slider.
        mesh: the solid.
        figures: shown below, by name.
    """

    label: str
    mesh: Mesh
    figures: Mapping[str, str]


def save_page(
    frames: Sequence[PageFrame], path: str | os.PathLike[str], title: str, *, shown: int = 0
) -> Path:
    """Write one HTML file that needs nothing else; an existing file is replaced in one step.

    Args:
        frames: solids; with several there is a slider.
        path: the file.
        title: of the page.
        shown: number of the frame that is shown at first.

    Raises:
        GluingError: if there is no frame.
    """
    if not frames:
        raise GluingError("A page needs at least one solid.")
    middles = [(frame.mesh.vertices.max(axis=0) + frame.mesh.vertices.min(axis=0)) / 2 for frame in frames]
    radius = max(
        float(np.linalg.norm(frame.mesh.vertices - middle, axis=1).max())
        for frame, middle in zip(frames, middles, strict=True)
    )
    data = {
        "title": title,
        "shown": shown,
        "frames": [
            {
                "label": frame.label,
                "vertices": ((frame.mesh.vertices - middle) / radius).round(5).tolist(),
                "sheets": [sheet.triangles.tolist() for sheet in frame.mesh.sheets],
                "figures": dict(frame.figures),
            }
            for frame, middle in zip(frames, middles, strict=True)
        ],
    }
    template = (files("maskplay.geometry") / "page.html").read_text(encoding="utf-8")
    # In a script element the only dangerous character is the one that could end it.
    text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return write(Path(path), template.replace("__DATA__", text))
