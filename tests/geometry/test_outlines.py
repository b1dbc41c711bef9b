"""Outlines: known lengths, areas and refusals."""

import math
from pathlib import Path

import numpy as np
import pytest

from maskplay.geometry import (
    SHAPES,
    Curve,
    GluingError,
    Outline,
    ellipse,
    glue,
    polygon,
    read_points,
    rectangle,
    shape,
    spline,
    stadium,
    superellipse,
    svg_outline,
)

T = np.arange(40) / 40 * 2 * np.pi


def write_svg(folder: Path, body: str) -> Path:
    path = folder / "sheet.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>', encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("outline", "perimeter", "area"),
    [
        (ellipse(3, 3), 6 * math.pi, 9 * math.pi),
        (stadium(5, 2), 12 + 4 * math.pi, 24 + 4 * math.pi),
        (rectangle(3, 2), 20, 24),
        (rectangle(3, 2, 0.5), 16 + math.pi, 24 - 1 + math.pi / 4),
        (superellipse(3, 2, 1), 4 * math.sqrt(13), 12),
        (superellipse(2, 1, 4), 10.656066, 8 * math.gamma(1.25) ** 2 / math.gamma(1.5)),
        (polygon([[0, 0], [4, 0], [4, 3]]), 12, 6),
        (polygon([[0, 0], [4, 3], [4, 0]]), 12, 6),  # clockwise
    ],
    ids=lambda value: value.name if isinstance(value, Outline) else "",
)
def test_lengths_and_areas(outline: Outline, perimeter: float, area: float) -> None:
    assert outline.perimeter == pytest.approx(perimeter, rel=1e-7 if "super" in outline.name else 1e-13)
    assert outline.area == pytest.approx(area, rel=1e-12)


@pytest.mark.parametrize("outline", [ellipse(2, 1), stadium(3, 1), polygon([[0, 0], [4, 0], [5, 2], [0, 3]])])
def test_turning_is_the_direction_of_the_points(outline: Outline) -> None:
    s = np.linspace(-1, 2, 41) * outline.perimeter + 0.0137
    hair = 1e-6
    along = outline.point(s + hair) - outline.point(s - hair)
    heading = np.arctan2(along[:, 1], along[:, 0]) - np.pi / 2
    apart = np.mod(heading - outline.turning(s) + np.pi, 2 * np.pi) - np.pi
    assert np.abs(apart).max() < 1e-5
    assert (np.diff(outline.turning(s)) >= -1e-13).all()
    rounds = outline.turning(s + outline.perimeter) - outline.turning(s)
    np.testing.assert_allclose(rounds, 2 * np.pi, atol=1e-12)


def test_a_superellipse_of_exponent_two_is_an_ellipse() -> None:
    s = np.linspace(0, 9, 23)
    np.testing.assert_allclose(superellipse(2, 1, 2).point(s), ellipse(2, 1).point(s), atol=1e-13)


def test_curves_of_arcs_and_of_functions_agree() -> None:
    arcs = Curve.of_arcs([1, 2], [0.5, 0.4], [0, 0.6])
    smooth = Curve.of(lambda s: np.where(s < 1, 0.5 * s, 1.1 + 0.2 * (s - 1)), [0, 1, 3])
    np.testing.assert_allclose(arcs.point([0.5, 2.5]), smooth.point([0.5, 2.5]), atol=1e-15)
    back = arcs.backwards(1.5)
    np.testing.assert_allclose(back.turning([0.5]), 1.5 - arcs.turning([2.5]), atol=1e-15)


@pytest.mark.parametrize(
    ("turning", "text"),
    [
        (lambda s: -s, r"from 0° to -57\.3°, and back on the way"),
        (lambda s: 2 * s, r"by 90° at most. It turns from 0° to 114\.6°\."),
        (lambda s: 1 - s, "and back on the way"),
    ],
)
def test_curves_that_are_no_quarter(turning: object, text: str) -> None:
    with pytest.raises(GluingError, match=text):
        Outline(Curve.of(turning, [0, 0.5, 1]), mirrored=True, name="mine")  # type: ignore[arg-type]


def test_a_spline_through_an_ellipse_glues_like_it() -> None:
    turned = np.stack([2 * np.cos(T) + 7, np.sin(T) - 3], axis=1) @ np.array([[0.6, 0.8], [-0.8, 0.6]])
    solid = glue(spline(turned))
    assert solid.volume == pytest.approx(glue(ellipse(2, 1)).volume, rel=2e-5)
    assert solid.sheets[0].half_axes == pytest.approx((2, 1), abs=1e-9)


@pytest.mark.parametrize(
    ("body", "like"),
    [
        ('<ellipse rx="2" ry="1" transform="rotate(30) translate(3,4)"/>', ellipse(2, 1)),
        ('<g transform="scale(2 1)"><circle cx="9" r="1"/></g>', ellipse(2, 1)),
        ('<ellipse rx="1" ry="1" transform="matrix(2 0 0 1 5 5)"/>', ellipse(2, 1)),
        ('<rect width="4" height="2"/>', rectangle(2, 1)),
        ('<rect x="7" width="4" height="2" rx=".3"/>', rectangle(2, 1, 0.3)),
        ('<polygon points="0,0 4,0 4,2 0,2"/>', rectangle(2, 1)),
        ('<path d="M0 0h4v2h-4z"/>', rectangle(2, 1)),
        ('<path d="M0,0 4,0 4 2 0 2Z"/>', rectangle(2, 1)),
        ('<path d="m1-1a1 1 0 010 2h-3a1 1 0 010-2z"/>', stadium(2.5, 1)),
        ('<path d="M1 1A1 1 0 001-1H-2A1 1 0 00-2 1Z"/>', stadium(2.5, 1)),
        ('<path d="M1 0A1 1 0 1 1 0-1A1 1 0 0 1 1 0Z"/>', ellipse(1, 1)),  # three quarters, and one
        ('<path d="M1 0A1 1 0 1 0 0 1A1 1 0 0 0 1 0Z"/>', ellipse(1, 1)),
        ('<defs><circle r="3"/></defs><circle r="1"/>', ellipse(1, 1)),
        ('<path d="M1 0 V1 H-1 V-1 L1-1 Z"/>', rectangle(1, 1)),
    ],
)
def test_svg(tmp_path: Path, body: str, like: Outline) -> None:
    outline = svg_outline(write_svg(tmp_path, body))
    assert outline.perimeter == pytest.approx(like.perimeter, rel=1e-12)
    assert outline.area == pytest.approx(like.area, rel=1e-12)
    assert glue(outline).volume == pytest.approx(glue(like).volume, abs=1e-7)


def test_svg_curves_of_all_kinds(tmp_path: Path) -> None:
    """C then S, and Q then T, against the same curves written out."""
    short = svg_outline(write_svg(tmp_path, '<path d="M-2 0C-2-.6-1-1 0-1S2-.6 2 0 1 1 0 1-2 .6-2 0Z"/>'))
    long = svg_outline(
        write_svg(
            tmp_path,
            '<path d="M-2 0C-2-.6-1-1 0-1C1-1 2-.6 2 0C2 .6 1 1 0 1C-1 1-2 .6-2 0Z"/>',
        )
    )
    assert short.perimeter == pytest.approx(long.perimeter, rel=1e-14)
    lens = svg_outline(write_svg(tmp_path, '<path d="M0 0Q2 2 4 0Q2-2 0 0Z"/>'))
    # A parabola of height 1 over a chord of 4: two thirds of 4, twice.
    assert lens.area == pytest.approx(16 / 3, rel=1e-13)
    half = svg_outline(write_svg(tmp_path, '<path d="M0 0q1 1 2 1t2-1z"/>'))
    assert half.perimeter == pytest.approx(4 + 2 * 2 * 1.1477935747, rel=1e-9)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('<path d="M0 0h4v2h-4"/>', r"is not closed: it starts at \(0, 0\) and ends at \(0, -2\)"),
        ('<path d="M0 0h4v2h-4zM1 1h1v1z"/>', "more than one curve"),
        ('<path d="M0 0h4v2q1"/>', "a number was expected at character 11 of the path: the end"),
        ('<path d="M0 0 4 0 4 2x"/>', "a number was expected at character 13 of the path: 'x'"),
        ('<path d="M0 0h4v2zz 3"/>', "command was expected"),
        ('<path d="L0 0h4"/>', "a path begins with M. Received: L"),
        ('<path d=""/>', "the path draws nothing"),
        ("", "must hold one shape .* It holds 0"),
        ('<circle r="1"/><circle r="2"/>', "It holds 2"),
        ('<circle r="1" transform="wiggle(3)"/>', r"transform cannot be read: 'wiggle\(3\)'"),
        ('<circle r="1" transform="rotate()"/>', "transform cannot be read"),
        ('<circle r="1em"/>', "r must be a number. Received: '1em'"),
        ('<circle r="0"/>', "no size|draws nothing"),
        ('<g transform="scale(0)"><circle r="1"/></g>', "no size"),
        ('<path d="M0 0H4V1e999Z"/>', "no finite numbers"),
        ("<g", "no well-formed SVG"),
    ],
)
def test_broken_svg(tmp_path: Path, body: str, text: str) -> None:
    with pytest.raises(GluingError, match=text):
        svg_outline(write_svg(tmp_path, body))


def test_svg_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.svg"
    path.write_text('<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', encoding="utf-8")
    with pytest.raises(GluingError, match="without entities"):
        svg_outline(path)


@pytest.mark.parametrize(
    ("points", "text"),
    [
        ([[0, 0], [4, 0], [0, 2], [4, 2]], r"crosses itself near \(2, 1\)"),
        ([[0, 0], [4, 0], [2, 0.5], [4, 2], [0, 2]], r"not convex: it turns back by 129° near \(2, 0\.5\)"),
        ([[2, 0.5], [4, 2], [0, 2], [0, 0], [4, 0]], r"not convex: it turns back by 129° near \(2, 0\.5\)"),
        ([[2, 0.5], [4, 0], [0, 0], [0, 2], [4, 2]], r"not convex: it turns back by 129° near \(2, 0\.5\)"),
        ([[0, 0], [0, 0], [0, 0]], "at least 3 points that differ"),
        ([[0, 0], [1, 0], [2, 0]], "no inside"),
        ([[0, 0], [1, np.nan], [2, 3]], r"finite coordinates. Received: \[1.0, nan\] as point 2"),
        ([[1, 1]], r"at least 3 points \(x, y\). Received: an array of shape \(1, 2\)"),
        ([[1, 1, 1]] * 4, r"shape \(4, 3\)"),
    ],
)
def test_bad_polygons(points: list[list[float]], text: str) -> None:
    with pytest.raises(GluingError, match=text):
        polygon(points)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_beyond_all_measure(size: float) -> None:
    with pytest.raises(GluingError, match=r"polygon's size must be from 1e-40 to 1e\+40. Received: 4e"):
        polygon(np.array([[0, 0], [4, 0], [4, 3]]) * size)


@pytest.mark.parametrize("factor", [0.0, -1.0, math.nan, math.inf, 1e-50])
def test_factors_of_scale(factor: float) -> None:
    with pytest.raises(GluingError, match="A factor, and the perimeter that it gives, must be"):
        ellipse(2, 1).scaled(factor)


@pytest.mark.parametrize("size", [1e-39, 1e39])
def test_sizes_at_both_ends_are_glued(size: float) -> None:
    solid = glue(ellipse(2 * size, size))
    assert solid.roundness == pytest.approx(glue(ellipse(2, 1)).roundness, rel=1e-12)
    assert solid.mesh(100).edge_error < 1e-12


def test_a_star_walked_twice_around_crosses_itself() -> None:
    star = [[math.cos(4 * math.pi * k / 5), math.sin(4 * math.pi * k / 5)] for k in range(5)]
    with pytest.raises(GluingError, match="crosses itself"):
        polygon(star)


def test_a_wavy_spline_is_not_convex() -> None:
    with pytest.raises(GluingError, match=r"turns back by .*° near"):
        spline(np.stack([2 * np.cos(T), np.sin(T) + 0.3 * np.sin(3 * T)], axis=1))


@pytest.mark.parametrize(
    "points",
    [
        [[0, 0], [4, 0], [4, 2], [0, 2.5]],
        [[3, 0], [0, 1], [-1, 0], [0, -1]],  # one mirror line is not enough
        [[0, 0], [4, 0], [5, 2], [1, 2]],  # nor is a centre
    ],
)
def test_no_mirror_lines(points: list[list[float]]) -> None:
    with pytest.raises(GluingError, match=r"no two mirror lines: .* can be glued by dform"):
        glue(polygon(points))


@pytest.mark.parametrize(
    ("points", "axes"),
    [
        (
            [[0, 0], [2, 0], [2, 2], [0, 2]],
            (math.sqrt(2), math.sqrt(2)),
        ),  # a square: the diagonals are longest
        ([[3, 0], [0, 1], [-3, 0], [0, -1]], (3, 1)),
    ],
)
def test_mirror_lines_of_polygons(points: list[list[float]], axes: tuple[float, float]) -> None:
    turn = np.array([[0.28, 0.96], [-0.96, 0.28]])
    solid = glue(polygon(np.array(points) @ turn + [5, 6]))
    assert solid.sheets[0].half_axes == pytest.approx(axes, rel=1e-12)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("ellipse 2 0", "semi-axes must be positive numbers. Received: 2, 0"),
        ("ellipse 2 nan", "positive numbers. Received: 2, nan"),
        ("ellipse 1e7 1", "must not differ more than"),
        ("ellipse 1e-200 5e-201", "must be from 1e-40 to 1e\\+40. Received: 1e-200, 5e-201"),
        ("stadium 2e200 1e200", "must be from 1e-40 to 1e\\+40"),
        ("stadium -1 2", "positive numbers. Received: -1, 2"),
        ("rectangle 2 1 1.5", "radius from 0 to half its width, 1. Received: 1.5"),
        ("superellipse 2 1 0.5", "from 1 to 100. Received: 0.5"),
        ("ellipse 2", "A shape is one of: circle RADIUS; ellipse A B"),
        ("blob 2 1", "Received: 'blob 2 1'"),
        ("ellipse two 1", "A shape is one of"),
        ("", "A shape is one of"),
        ("ellipse 'a", "A shape is one of"),
    ],
)
def test_bad_shapes(words: str, text: str) -> None:
    with pytest.raises(GluingError, match=text):
        shape(words)


def test_shapes_by_name(tmp_path: Path) -> None:
    assert len(SHAPES) == 8
    file = tmp_path / "my points.csv"
    file.write_text("x,y\n# a kite\n0,0\n4;0\n4\t2\n0 2\n\n", encoding="utf-8")
    assert shape(f"polygon '{file}'").perimeter == pytest.approx(12)
    assert shape(f"spline '{file}'").perimeter > 12
    assert shape("circle 2").area == pytest.approx(4 * math.pi)
    assert shape("rectangle 2 1 0.3").area == rectangle(2, 1, 0.3).area
    file.write_text("0,0\n4,0,1\n", encoding="utf-8")
    with pytest.raises(GluingError, match=r"line 2: two numbers were expected. Received: '4,0,1'"):
        read_points(file)
