"""Who closes up, by how much, and what would do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from maskplay.geometry import (
    Criterion,
    Curve,
    GluingError,
    Outline,
    ellipse,
    glue,
    nearest,
    rectangle,
    stadium,
    superellipse,
)


@given(st.floats(1.01, 50), st.floats(0.1, 10))
@settings(max_examples=12, deadline=None)
def test_every_ellipse_passes_and_is_certified(ratio: float, b: float) -> None:
    solid = glue(ellipse(ratio * b, b))
    criterion = solid.criterion
    assert criterion.holds
    assert criterion.lead > -1e-12
    assert criterion.certified_lead > -1e-6
    # At both ends tan β / tan α is the ratio of curvatures, (b / a)³; in between it is hardly more.
    assert 0 < criterion.margin <= 1 - ratio**-6 + 1e-9
    assert criterion.margin == pytest.approx(1 - ratio**-6, rel=0.01)
    assert criterion.margin * 0.6 - 0.02 < criterion.certified_margin <= criterion.margin + 1e-12
    assert solid.convex


@pytest.mark.parametrize("ratio", [1.0, 1.001, 1.5, 30.0])
def test_certificates_are_bounds(ratio: float) -> None:
    """Nowhere is the lead, or the margin, below what is certified, and the bounds are not idle."""
    solid = glue(ellipse(ratio, 1))
    criterion, (first, second) = solid.criterion, (sheet.curve for sheet in solid.sheets)
    s = np.random.default_rng(0).uniform(0, solid.quarter, 20_000)
    alpha, beta = first.turning(s), second.turning(s)
    assert criterion.certified_lead <= (alpha - beta).min() + 1e-14
    assert criterion.certified_lead <= criterion.lead
    assert criterion.certified_margin <= (1 - (np.tan(beta) / np.tan(alpha)) ** 2).min() + 1e-9
    assert criterion.certified_lead > -0.01


def test_the_posts_condition_is_the_lead() -> None:
    """1 − h₁'² − h₂'² = sin(α − β) sin(α + β)."""
    first, second = ellipse(2, 1).curve, ellipse(2, 1).from_flank().curve
    s = np.linspace(0.1, 2.3, 13)
    alpha, beta = first.turning(s), second.turning(s)
    hair = 1e-6
    h = [(curve.point(s + hair) - curve.point(s - hair)) / (2 * hair) for curve in (first, second)]
    condition = 1 - h[0][:, 1] ** 2 - h[1][:, 0] ** 2
    np.testing.assert_allclose(np.sin(alpha - beta) * np.sin(alpha + beta), condition, atol=1e-8)


def test_a_failure_says_where_and_by_how_much() -> None:
    with pytest.raises(GluingError) as error:
        glue(ellipse(2, 1), rectangle(1, 1), fit=True)
    text = str(error.value)
    # The square has turned by 90° at its corner, half way; the ellipse by as much as its tangent there.
    turned = np.degrees(ellipse(2, 1).turning(ellipse(2, 1).perimeter / 8))
    assert f"the first sheet has turned {90 - turned:.3g}° less than the second" in text
    assert "after 1.21106 of 2.42211 along the seam" in text
    assert "--mend" in text


def test_the_nearest_shapes_pass() -> None:
    first, square = ellipse(2, 1), rectangle(1, 1)
    second = square.scaled(first.perimeter / square.perimeter).from_flank()
    before = Criterion.of(first.curve, second.curve)
    near = nearest(first, second)
    after = Criterion.of(near.first.curve, near.second.curve)
    assert not before.holds
    assert after.holds
    # Each turning gave half of what was missing, and no more than that anywhere.
    s = np.linspace(0.01, first.curve.length - 0.01, 999)
    given_up = np.abs(near.first.turning(s) - first.turning(s))
    assert given_up.max() == pytest.approx(-before.lead / 2, abs=2e-3)
    assert (np.diff(near.first.turning(s)) >= 0).all()
    assert near.first.perimeter == pytest.approx(first.perimeter, rel=1e-14)
    assert 0 < near.moved < 0.1
    assert glue(first, square, fit=True, mend=True).mesh(400).edge_error < 1e-12


def test_shapes_that_pass_are_left_alone() -> None:
    first, second = ellipse(2, 1), ellipse(2, 1).from_flank()
    near = nearest(first, second)
    assert near.moved < 1e-12


def test_equal_sheets_stay_equal_when_mended() -> None:
    """A sheet that is flat at its tip and sharp beside it, glued to its like."""
    sheet = superellipse(1, 1.05, 6)
    solid = glue(sheet, mend=True)
    a, b = solid.sheets
    s = np.linspace(0, sheet.curve.length, 9)[1:-1]
    np.testing.assert_allclose(a.turning(s), b.from_flank().turning(s), atol=1e-9)


def test_lengths_must_agree() -> None:
    with pytest.raises(GluingError, match=r"Scale the second by 0\.72491774. \(fit=True, or --fit\)"):
        glue(ellipse(2, 1), ellipse(3, 1))
    fitted = glue(ellipse(2, 1), ellipse(3, 1), fit=True)
    assert fitted.sheets[1].perimeter == pytest.approx(ellipse(2, 1).perimeter, rel=1e-14)
    assert fitted.area == pytest.approx(sum(sheet.area for sheet in fitted.sheets), rel=1e-13)


def test_tip_on_tip() -> None:
    """The longer ellipse turns sooner, whichever is named first; a circle has no tips, so it does not matter."""
    there, back = (
        glue(one, other, onto="tip", fit=True)
        for one, other in ((ellipse(2, 1), ellipse(3, 1)), (ellipse(3, 1).scaled(0.724917742), ellipse(2, 1)))
    )
    assert there.volume == pytest.approx(back.volume, rel=1e-8)
    assert there.volume < glue(ellipse(2, 1), ellipse(3, 1), fit=True).volume
    disc = ellipse(1, 1)
    on_tip, on_flank = (glue(ellipse(2, 1), disc, onto=onto, fit=True) for onto in ("tip", "flank"))
    assert on_tip.volume == pytest.approx(on_flank.volume, rel=1e-9)
    assert glue(ellipse(2, 1), onto="tip").volume == 0
    with pytest.raises(GluingError, match="A tip is glued onto"):
        glue(ellipse(2, 1), onto="side")  # type: ignore[arg-type]


def test_cuboids_tetrahedra_and_tubes() -> None:
    box = glue(rectangle(2, 1))
    assert (box.length, box.width, box.height, box.volume) == pytest.approx((1, 2, 2, 4), rel=1e-13)
    rhombus = glue(superellipse(2, 1, 1))
    edges = [2, 2, *[np.sqrt(5)] * 4]  # a tetrahedron: the short diagonals and the sides
    assert rhombus.volume == pytest.approx(_tetrahedron(*edges), rel=1e-12)
    # A long stadium is a square tube between two ends; its volume grows by 4 for each unit of length.
    assert glue(stadium(6, 1)).volume - glue(stadium(5, 1)).volume == pytest.approx(4, rel=1e-12)


def _tetrahedron(ab: float, cd: float, ac: float, ad: float, bc: float, bd: float) -> float:
    """Give the volume by the determinant of Cayley and Menger."""
    squares = [
        [0, 1, 1, 1, 1],
        [1, 0, ab**2, ac**2, ad**2],
        [1, ab**2, 0, bc**2, bd**2],
        [1, ac**2, bc**2, 0, cd**2],
        [1, ad**2, bd**2, cd**2, 0],
    ]
    return float(np.sqrt(np.linalg.det(np.array(squares)) / 288))


@pytest.mark.parametrize(("a", "exponent"), [(2, 2.1), (50, 2.05), (5, 2.2)])
def test_rounding_near_the_ends_is_no_failure(a: float, exponent: float) -> None:
    """Broken powers at tip and flank: tables have tiny panels there, and are less exact on them."""
    solid = glue(superellipse(a, 1, exponent))
    assert solid.criterion.lead == 0
    assert solid.mesh(400).edge_error < 1e-12
    assert solid.area == pytest.approx(2 * solid.sheets[0].area, rel=1e-11)


def test_a_circle_has_no_margin() -> None:
    criterion = glue(ellipse(1, 1)).criterion
    assert criterion.lead == criterion.margin == 0


def test_a_small_failure_is_seen() -> None:
    """A tip that is flat by a millionth of a radian too much."""
    lengths, turn = [0.5, 1.0, 1.0], np.pi / 2
    first = Outline(Curve.of_arcs(lengths, [0.6, 0.4, turn - 1.0]), mirrored=True, name="one")
    second = Outline(Curve.of_arcs(lengths, [0.6 + 1e-6, 0.4, turn - 1 - 1e-6]), mirrored=True, name="two")
    criterion = Criterion.of(first.curve, second.curve)
    assert criterion.lead == pytest.approx(-1e-6, rel=1e-6)
    assert not criterion.holds


FALLING = st.lists(st.tuples(st.floats(0.05, 1), st.floats(0, 1)), min_size=2, max_size=5).filter(
    lambda arcs: sum(length * curvature for length, curvature in arcs) > 0.2
)


def falling(arcs: list[tuple[float, float]]) -> Outline:
    """Make a quarter of arcs whose curvatures fall from tip to flank, one unit long."""
    arcs = sorted(arcs, key=lambda arc: -arc[1])
    long = sum(length for length, _ in arcs)
    turned = sum(length * curvature for length, curvature in arcs)
    turns = [length * curvature / turned * np.pi / 2 for length, curvature in arcs]
    return Outline(Curve.of_arcs([length / long for length, _ in arcs], turns), mirrored=True, name="arcs")


@given(FALLING, FALLING)
@settings(max_examples=30, deadline=None)
def test_falling_curvatures_close_up_and_are_convex(one: list, other: list) -> None:  # type: ignore[type-arg]
    solid = glue(falling(one), falling(other), fit=True)
    assert solid.criterion.lead > -1e-12
    assert solid.convex
    if solid.volume > 1e-3:
        hull = ConvexHull(solid.seam(np.arange(800) * (solid.quarter / 200)))
        assert hull.volume == pytest.approx(solid.volume, rel=1e-3)
        assert hull.area == pytest.approx(solid.area, rel=1e-3)


def test_superellipses_above_two_close_up_but_bulge_inwards() -> None:
    assert glue(superellipse(2, 1, 1.5)).convex
    hollow = glue(superellipse(2, 1, 4))
    assert hollow.criterion.holds
    assert not hollow.convex
