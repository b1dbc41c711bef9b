"""The general solver, with the closed form and the convex hull as oracles."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.geometry import (
    GluingError,
    Outline,
    convex_body,
    dform,
    ellipse,
    glue,
    polygon,
    rectangle,
    stadium,
    superellipse,
)
from maskplay.geometry.alexandrov import pyramids
from maskplay.geometry.convex_body import glued, zigzag


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=2)


@pytest.mark.parametrize("sheet", [ellipse(2, 1), ellipse(4, 1), stadium(2, 1), superellipse(2, 1, 1.5)])
def test_the_closed_form_is_found(sheet: object) -> None:
    """The mesh of the closed form is itself the body of two polygons; the solver gets these alone."""
    mesh = glue(sheet).mesh(150)  # type: ignore[arg-type]
    first, second = mesh.sheets
    found = convex_body((first.flat, second.flat), ("A", "B"))
    assert np.abs(distances(found.vertices) - distances(mesh.vertices)).max() < 1e-9
    assert found.volume == pytest.approx(mesh.volume, rel=1e-9)
    assert found.edge_error < 1e-11
    assert found.watertight


def test_the_smooth_closed_form_is_approached_with_the_second_order() -> None:
    errors = [
        abs(dform(ellipse(2, 1), vertices=n).volume - glue(ellipse(2, 1)).volume) for n in (30, 60, 120)
    ]
    assert np.log2(np.divide(errors[:-1], errors[1:])) == pytest.approx([2, 2], abs=0.2)


def test_many_vertices() -> None:
    """Rounding must not add up from triangle to triangle."""
    form = dform(ellipse(2, 1), offset=0.125, vertices=200)
    assert form.mesh.edge_error < 1e-11
    assert abs(form.hull_defect) < 1e-9


@given(st.floats(0.02, 0.98), st.floats(1.2, 4))
@settings(max_examples=5, deadline=None)
def test_any_offset_gives_a_convex_isometric_body(offset: float, ratio: float) -> None:
    offset = offset if abs(offset - 0.5) > 0.02 else 0.3
    form = dform(ellipse(ratio, 1), offset=offset, vertices=40)
    assert form.mesh.watertight
    assert form.mesh.edge_error < 1e-9
    assert abs(form.hull_defect) < 1e-9
    assert form.volume > 0


def test_symmetries_of_the_offset() -> None:
    """Half a turn of an ellipse changes nothing, and a mirror image has the same volume."""
    volumes = [dform(ellipse(2, 1), offset=offset, vertices=40).volume for offset in (0.1, 0.6, -0.1, 0.9)]
    assert volumes == pytest.approx([volumes[0]] * 4, rel=2e-3)
    assert dform(ellipse(2, 1), offset=1.25, vertices=40).volume == pytest.approx(
        dform(ellipse(2, 1), offset=0.25, vertices=40).volume, rel=1e-9
    )


def test_mirror_images_stay_flat() -> None:
    for offset in (0.0, 0.5):
        form = dform(ellipse(2, 1), offset=offset, vertices=40)
        assert form.volume == pytest.approx(0, abs=1e-12)
        assert form.mesh.edge_error < 1e-12
        assert form.mesh.area == pytest.approx(form.area, rel=0.02)
        assert form.hull_defect == 0


def test_known_polyhedra() -> None:
    box = dform(rectangle(2, 1), offset=0.25)
    assert box.volume == pytest.approx(4, rel=1e-9)
    assert len(box.mesh.vertices) == 8
    square = polygon([[0, 0], [1, 0], [1, 1], [0, 1]])
    # Two unit squares, corners upon middles of sides: a square antiprism of four right-angled … known by its hull.
    twisted = dform(square, offset=0.125)
    assert len(twisted.mesh.vertices) == 8
    assert abs(twisted.hull_defect) < 1e-9
    assert twisted.mesh.area == pytest.approx(2, rel=1e-12)


def test_sheets_without_mirror_lines() -> None:
    kite = polygon([[0, 0], [4, 0.5], [5, 2], [1, 3]])
    form = dform(ellipse(2, 1), kite, offset=0.1, fit=True, vertices=40)
    assert abs(form.hull_defect) < 1e-9
    assert form.mesh.area == pytest.approx(form.area, rel=0.02)
    assert form.figures()["mesh"]["watertight"]


def test_the_second_sheet_is_seen_from_outside() -> None:
    """A sheet glued to its own mirror image is flat; glued to its like it is not, unless it has a mirror line."""
    right, left = (polygon([[0, 0], [4 * sign, 0], [1 * sign, 2]]) for sign in (1, -1))
    starts = [float(start) / left.perimeter for start in left.breaks]

    def least(second: Outline) -> float:
        volumes = []
        for start in starts:
            with suppress(GluingError):  # at some offsets an edge crosses the seam
                volumes.append(dform(right, second, offset=start).volume)
        return min(volumes)

    assert least(left) == pytest.approx(0, abs=1e-9)
    assert least(right) > 0.01


def test_the_derivatives_of_the_gaps() -> None:
    mesh = glue(ellipse(2, 1)).mesh(60)
    surface = glued((mesh.sheets[0].flat, mesh.sheets[1].flat))
    count = len(mesh.vertices)
    radii = np.full(count, 4.0)
    assert surface.unfold(radii)
    state = pyramids(surface, radii)
    direction = np.random.default_rng(0).standard_normal(count)
    above, below = (pyramids(surface, radii + sign * 1e-5 * direction) for sign in (1, -1))
    assert state is not None
    assert above is not None
    assert below is not None
    np.testing.assert_allclose((above.curvature - below.curvature) / 2e-5, state.slope @ direction, atol=1e-6)
    # With huge radii the gaps are the curvatures of the surface itself: 4π in all.
    far = pyramids(surface, np.full(count, 1e4))
    assert far is not None
    assert far.curvature.sum() == pytest.approx(4 * np.pi, rel=1e-5)


def test_flips_keep_the_surface() -> None:
    mesh = glue(ellipse(2, 1)).mesh(60)
    surface = glued((mesh.sheets[0].flat, mesh.sheets[1].flat))
    before = sorted(surface.length)
    half = next(
        h for h in range(len(surface.origin)) if abs(surface.origin[h] - surface.origin[surface.twin[h]]) > 2
    )
    hinge = surface.hinge(half)
    surface.flip(half, hinge)
    for one, two in enumerate(surface.twin):
        assert surface.twin[two] == one
        assert surface.length[one] == surface.length[two]
    surface.flip(half - half % 3 + 1, surface.hinge(half - half % 3 + 1))
    np.testing.assert_allclose(sorted(surface.length), before, rtol=1e-12)


@pytest.mark.parametrize("count", [3, 4, 5, 8, 13])
def test_zigzags(count: int) -> None:
    triangles = zigzag(count)
    assert triangles.shape == (count - 2, 3)
    angle = 2 * np.pi * np.arange(count) / count
    corners = np.stack([np.cos(angle), np.sin(angle)], axis=1)[triangles]
    ahead, back = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    areas = (ahead[:, 0] * back[:, 1] - ahead[:, 1] * back[:, 0]) / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(count / 2 * np.sin(2 * np.pi / count))


def test_refusals() -> None:
    with pytest.raises(GluingError, match="Scale the second by"):
        dform(ellipse(2, 1), ellipse(3, 1))
    with pytest.raises(GluingError, match=r"8 to 600 vertices. Received: 4"):
        dform(ellipse(2, 1), vertices=4)
    with pytest.raises(GluingError, match=r"finite share of the perimeter. Received: nan"):
        dform(ellipse(2, 1), offset=float("nan"))
    with pytest.raises(GluingError, match="an edge crosses the seam"):
        dform(polygon([[0, 0], [4, 0], [1, 2]]), offset=0.1)


def test_patterns_of_any_offset() -> None:
    form = dform(ellipse(20, 10), offset=0.125, vertices=40)
    first, second = form.pattern(marks=8).sheets
    # Mark 1: at the first sheet's tip; an eighth around the second one, halfway between its tip and its flank.
    assert np.linalg.norm(first.marks[0].at - first.edge.mean(axis=0)) == pytest.approx(20, rel=1e-3)
    assert np.linalg.norm(second.marks[1].at - second.edge.mean(axis=0)) == pytest.approx(20, rel=1e-3)
