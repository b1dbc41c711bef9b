"""The ellipse's seam against integrals of fifty digits, and its numbers."""

import mpmath
import numpy as np
import pytest

from maskplay.geometry import ellipse, glue

QUARTER, LENGTH, VOLUME = 2.422112055136919, 1.5697573788407, 3.1674635918581


def reference(a: str, b: str, t: str) -> tuple[float, list[float]]:
    """Give arc length and seam point where the first sheet's eccentric angle is `t`, all by definitions."""
    with mpmath.workdps(50):
        a_, b_, end = mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(t)
        half = mpmath.pi / 2

        def arc(angle: mpmath.mpf) -> mpmath.mpf:
            return b_ * mpmath.ellipe(angle, 1 - (a_ / b_) ** 2)

        quarter = arc(half)

        def speed(angle: mpmath.mpf) -> mpmath.mpf:
            return mpmath.sqrt((a_ * mpmath.sin(angle)) ** 2 + (b_ * mpmath.cos(angle)) ** 2)

        def partner(angle: mpmath.mpf) -> mpmath.mpf:
            """Invert the arc length by Newton's method, for the point of the second sheet."""
            other = half - angle
            for _ in range(30):
                step = (arc(other) - (quarter - arc(angle))) / speed(other)
                other -= step
                if (
                    abs(step) < mpmath.mpf(10) ** -25
                ):  # Newton squares the error: the next one would be below 10⁻⁴⁵
                    break
            return other

        def slope(angle: mpmath.mpf) -> mpmath.mpf:
            other = partner(angle)
            first = b_ * mpmath.cos(angle) / speed(angle)
            second = b_ * mpmath.cos(other) / speed(other)
            return mpmath.sqrt(abs(1 - first**2 - second**2)) * speed(angle)

        # In the eccentric angle the integrand is analytic: 48 points leave an error below 10⁻¹⁶.
        nodes, weights = np.polynomial.legendre.leggauss(48)
        x = (
            sum(w * slope(end * (1 + mpmath.mpf(u)) / 2) for u, w in zip(nodes, weights, strict=True))
            * end
            / 2
        )
        point = [x, b_ * mpmath.sin(end), b_ * mpmath.sin(partner(end))]
        return float(arc(end)), [float(value) for value in point]


@pytest.mark.parametrize(("a", "b", "t"), [("2", "1", "0.4"), ("5", "3", "1.5")])
def test_the_seam_is_right_to_rounding(a: str, b: str, t: str) -> None:
    s, point = reference(a, b, t)
    seam = glue(ellipse(float(a), float(b))).seam(s)
    assert np.abs(seam - point).max() < 2e-14


def test_the_numbers_of_two_to_one() -> None:
    solid = glue(ellipse(2, 1))
    assert solid.quarter == pytest.approx(QUARTER, rel=1e-14)
    assert solid.length == pytest.approx(LENGTH, abs=1e-13)
    assert solid.volume == pytest.approx(VOLUME, abs=1e-12)
    assert solid.area == pytest.approx(4 * np.pi, rel=1e-13)
    assert (solid.width, solid.height) == pytest.approx((2, 2))


@pytest.mark.parametrize(
    ("a", "quarter", "length", "volume", "roundness"),
    [
        (1.1, 1.650271, 0.397327, 0.653561, 0.1463),
        (1.5, 1.983180, 0.986712, 1.838366, 0.4566),
        (3, 3.341223, 2.657293, 5.737269, 0.5559),
        (5, 5.252511, 4.747271, 10.685298, 0.4165),
        (10, 10.159935, 9.840043, 22.634546, 0.2336),
    ],
)
def test_other_ratios(a: float, quarter: float, length: float, volume: float, roundness: float) -> None:
    solid = glue(ellipse(a, 1))
    found = [solid.quarter, solid.length, solid.volume]
    assert found == pytest.approx([quarter, length, volume], abs=6e-7)
    assert solid.roundness == pytest.approx(roundness, abs=6e-5)


def test_sizes_scale() -> None:
    small, large = glue(ellipse(2, 1)), glue(ellipse(2, 1).scaled(50))
    assert large.length == pytest.approx(50 * small.length, rel=1e-14)
    assert large.volume == pytest.approx(50**3 * small.volume, rel=1e-13)
    assert glue(ellipse(1, 2)).volume == pytest.approx(small.volume, rel=1e-14)


def test_a_circle_stays_flat() -> None:
    solid = glue(ellipse(1, 1))
    assert solid.length == solid.volume == 0
    assert solid.area == pytest.approx(2 * np.pi, rel=1e-13)
    assert solid.criterion.holds


def test_nearly_a_circle() -> None:
    """For a = 1 + e the curvature is 1 − e/2 + 3/2 e cos 2s, to first order; so α − β = 3/2 e sin 2s."""
    e = 1e-8
    solid = glue(ellipse(1 + e, 1))
    # And sin(α + β) is sin 2s: x' = sqrt(3/2 e) sin 2s, from 0 to π/2.
    assert solid.length == pytest.approx(np.sqrt(1.5 * e), rel=1e-5)


@pytest.mark.parametrize("a", [100.0, 1000.0, 1e4])
def test_very_long_ellipses(a: float) -> None:
    solid = glue(ellipse(a, 1))
    assert solid.area == pytest.approx(2 * np.pi * a, rel=1e-11)
    assert solid.length < solid.quarter < a + np.log(4 * a) / a
    assert solid.criterion.holds
    assert solid.convex


def test_the_seam_is_closed_and_mirrored() -> None:
    solid = glue(ellipse(2, 1))
    s = np.linspace(0.03, solid.quarter, 7)
    x, y, z = solid.seam(s).T
    around = 4 * solid.quarter
    for at, signs in (
        (s + around, (1, 1)),
        (2 * solid.quarter - s, (1, -1)),
        (-s, (-1, 1)),
        (s - around / 2, (-1, -1)),
    ):
        np.testing.assert_allclose(solid.seam(at), np.stack([x, signs[0] * y, signs[1] * z], 1), atol=1e-14)


def test_the_seam_is_walked_at_unit_speed() -> None:
    solid = glue(ellipse(3, 1))
    s, hair = np.linspace(0.05, solid.quarter - 0.05, 23), 1e-5
    speed = np.linalg.norm(solid.seam(s + hair) - solid.seam(s - hair), axis=1) / (2 * hair)
    np.testing.assert_allclose(speed, 1, atol=1e-8)


def test_halves_of_the_seam_are_congruent() -> None:
    """Equal sheets: x(l − s) = X − x(s), with y and z exchanged."""
    solid = glue(ellipse(2, 1))
    s = np.linspace(0, solid.quarter, 11)
    x, y, z = solid.seam(s).T
    np.testing.assert_allclose(
        solid.seam(solid.quarter - s), np.stack([solid.length - x, z, y], axis=1), atol=1e-14
    )
