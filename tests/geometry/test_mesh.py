"""Meshes: true to the flat sheets, closed, convergent, and the hull of their seam."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from maskplay.geometry import GluingError, Mesh, ellipse, glue, rectangle, stadium, superellipse


@given(st.floats(1.05, 20), st.integers(4, 3000))
@settings(max_examples=10, deadline=None)
def test_a_mesh_is_closed_and_isometric(ratio: float, triangles: int) -> None:
    mesh = glue(ellipse(ratio, 1)).mesh(triangles)
    assert mesh.watertight
    assert mesh.edge_error < 1e-11
    assert triangles - 8 <= len(mesh.triangles) <= triangles + 16
    assert len(mesh.vertices) - len(mesh.triangles) / 2 == 2  # Euler
    assert mesh.volume > 0


@pytest.mark.parametrize(
    "sheet", [ellipse(2, 1), stadium(2, 1), superellipse(2, 1, 1.5), rectangle(2, 1, 0.3)]
)
def test_a_mesh_is_the_hull_of_its_seam(sheet: object) -> None:
    mesh = glue(sheet).mesh(1500)  # type: ignore[arg-type]
    hull = ConvexHull(mesh.vertices)
    assert hull.volume == pytest.approx(mesh.volume, rel=1e-12)
    assert hull.area == pytest.approx(mesh.area, rel=1e-12)


def test_the_hull_of_the_smooth_seam_is_the_solid() -> None:
    """Uniqueness (Alexandrov, Pogorelov) by numbers: the hull has the two sheets' area."""
    solid = glue(ellipse(2, 1))
    hull = ConvexHull(solid.seam(np.arange(3204) * (solid.quarter / 801)))
    assert hull.area == pytest.approx(4 * np.pi, rel=2e-6)
    assert hull.volume == pytest.approx(solid.volume, rel=4e-6)


def test_volume_converges_with_the_second_order() -> None:
    solid = glue(ellipse(2, 1))
    errors = [abs(solid.mesh(triangles).volume - solid.volume) for triangles in (804, 1604, 3204, 6404)]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    np.testing.assert_allclose(orders, 2, atol=0.03)


def test_vertices_approach_the_seam() -> None:
    solid = glue(ellipse(2, 1))
    for triangles, bound in ((1000, 1e-3), (10_000, 2e-5)):
        s = np.linspace(0, 4 * solid.quarter, 40 * triangles)
        seam = solid.seam(s)
        for vertex in solid.mesh(triangles).vertices[:: triangles // 40]:
            assert np.linalg.norm(seam - vertex, axis=1).min() < bound


def test_the_flat_sheets_are_the_outlines() -> None:
    mesh = glue(ellipse(2, 1)).mesh(20_000)
    for sheet in mesh.sheets:
        u, v = (sheet.flat - (sheet.flat.max(axis=0) + sheet.flat.min(axis=0)) / 2).T
        if np.ptp(u) < np.ptp(v):
            u, v = v, u
        np.testing.assert_allclose(np.hypot(u / 2, v), 1, atol=1e-6)


def test_a_box_has_twelve_triangles() -> None:
    mesh = glue(rectangle(2, 1)).mesh()
    assert len(mesh.triangles) == 12
    assert len(mesh.vertices) == 8
    assert mesh.volume == pytest.approx(4, rel=1e-14)


def test_a_hole_is_seen() -> None:
    mesh = glue(ellipse(2, 1)).mesh(100)
    first, second = mesh.sheets
    torn = Mesh(mesh.vertices, (first, type(second)(second.name, second.triangles[1:], second.flat)))
    assert not torn.watertight
    stretched = Mesh(mesh.vertices * [1, 1, 1.01], mesh.sheets)
    assert stretched.edge_error == pytest.approx(0.01, rel=0.1)


@pytest.mark.parametrize("kind", ["stl", "glb", "obj", "ply"])
def test_written_solids_are_read_back(tmp_path: Path, kind: str) -> None:
    mesh = glue(ellipse(20, 10)).mesh(2000)
    path = mesh.save(tmp_path / f"solid.{kind}")
    loaded = trimesh.load(path, force="mesh")
    assert loaded.is_watertight
    assert loaded.is_winding_consistent
    assert loaded.volume == pytest.approx(mesh.volume, rel=1e-6)
    assert len(loaded.faces) == len(mesh.triangles)
    assert [file.name for file in tmp_path.iterdir()] == [f"solid.{kind}"]


def test_an_unknown_kind_and_a_failure_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = glue(ellipse(2, 1)).mesh(100)
    with pytest.raises(GluingError, match=r"written as \.stl, \.glb, \.obj or \.ply. Received: solid\.step"):
        mesh.save(tmp_path / "solid.step")

    old = tmp_path / "old.stl"
    old.write_bytes(b"old")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space") as error:
        mesh.save(old)
    monkeypatch.undo()
    assert error.value.filename == str(old)
    assert old.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1
