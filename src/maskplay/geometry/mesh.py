"""Triangles, in space and flat."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.tabulated import Floats

Indices = NDArray[np.int32]
MESH_FORMATS = ("stl", "glb", "obj", "ply")


@dataclass(frozen=True)
class FlatSheet:
    """A sheet before it is bent.

    Attributes:
        name: of its outline.
        triangles: `(m, 3)`, indices of vertices, anticlockwise seen from outside of the solid.
        flat: `(vertices, 2)`, where each vertex of the solid is in the plane of the sheet.
    """

    name: str
    triangles: Indices
    flat: Floats


@dataclass(frozen=True)
class Mesh:
    """A closed surface of triangles, glued of two flat sheets. All of its vertices are on the seam.

    Attributes:
        vertices: `(n, 3)`, in the order of the seam.
        sheets: the two sheets.
    """

    vertices: Floats
    sheets: tuple[FlatSheet, FlatSheet]

    @cached_property
    def triangles(self) -> Indices:
        """Both sheets' triangles, `(m, 3)`, anticlockwise seen from outside."""
        return np.concatenate([sheet.triangles for sheet in self.sheets])

    @cached_property
    def volume(self) -> float:
        """The volume inside."""
        a, b, c = np.moveaxis((self.vertices - self.vertices.mean(axis=0))[self.triangles], 1, 0)
        return float((a * np.cross(b, c)).sum() / 6)

    @cached_property
    def area(self) -> float:
        """The area of all triangles."""
        a, b, c = np.moveaxis(self.vertices[self.triangles], 1, 0)
        return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)

    @cached_property
    def edge_error(self) -> float:
        """The largest difference of an edge's length in space and flat, relative to the flat one."""
        worst = 0.0
        for sheet in self.sheets:
            ends = sheet.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).T
            flat = np.linalg.norm(sheet.flat[ends[0]] - sheet.flat[ends[1]], axis=1)
            bent = np.linalg.norm(self.vertices[ends[0]] - self.vertices[ends[1]], axis=1)
            worst = max(worst, float((np.abs(bent - flat) / flat).max()))
        return worst

    @cached_property
    def watertight(self) -> bool:
        """Whether each edge joins two triangles, which walk along it in opposite directions."""
        edges = self.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64)
        there = edges[:, 0] * len(self.vertices) + edges[:, 1]
        back = edges[:, 1] * len(self.vertices) + edges[:, 0]
        return len(np.unique(there)) == len(there) and bool(np.array_equal(np.sort(there), np.sort(back)))

    def figures(self) -> dict[str, Any]:
        """Give its numbers, as JSON has them."""
        return {
            "triangles": len(self.triangles),
            "vertices": len(self.vertices),
            "volume": self.volume,
            "area": self.area,
            "edge_error": self.edge_error,
            "watertight": self.watertight,
        }

    def to_trimesh(self) -> Any:
        """Give a `trimesh.Trimesh` of the same vertices and triangles.

        Raises:
            ImportError: if trimesh is not installed.
        """
        try:
            import trimesh
        except ImportError as error:
            raise ImportError("Writing solids needs trimesh: pip install 'maskplay[glue]'") from error
        return trimesh.Trimesh(self.vertices, self.triangles, process=False)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the solid; an existing file is replaced in one step.

        Args:
            path: ends with .stl, .glb, .obj or .ply.

        Raises:
            GluingError: if it ends otherwise.
            ImportError: if trimesh is not installed.
        """
        from maskplay.geometry.write import write

        target = Path(path)
        kind = target.suffix.lower().removeprefix(".")
        if kind not in MESH_FORMATS:
            raise GluingError(f"A solid is written as .stl, .glb, .obj or .ply. Received: {target.name}")
        data = self.to_trimesh().export(file_type=kind)
        return write(target, data)
