"""The seam of two glued ellipses with fifty digits."""

from collections.abc import Callable, Sequence
from typing import Any

import mpmath

DIGITS = 50
_POINTS = 160  # of Gauss' rule; the integrand is analytic in the eccentric angle


def seam_reference(a: int, b: int, shares: Sequence[float]) -> tuple[list[Any], list[list[Any]]]:
    """Compute points of the seam by the definitions alone.

    Args:
        a: the long semi-axis.
        b: the short one.
        shares: of the quarter turn of the first sheet's eccentric angle, ascending.

    Returns:
        Arc lengths, and the points x, y, z at them; numbers of mpmath with 50 digits.
    """
    with mpmath.workdps(DIGITS + 10):
        half, flatness = mpmath.pi / 2, 1 - (mpmath.mpf(a) / b) ** 2

        def arc(angle: Any) -> Any:
            return b * mpmath.ellipe(angle, flatness)

        def speed(angle: Any) -> Any:
            return mpmath.sqrt((a * mpmath.sin(angle)) ** 2 + (b * mpmath.cos(angle)) ** 2)

        quarter = arc(half)
        partner = _partner(arc, speed, quarter, half)

        def slope(angle: Any) -> Any:
            other = partner(angle)
            rest = (
                1 - (b * mpmath.cos(angle) / speed(angle)) ** 2 - (b * mpmath.cos(other) / speed(other)) ** 2
            )
            return mpmath.sqrt(abs(rest)) * speed(angle)

        rule = _gauss(_POINTS)
        x, start, lengths, points = mpmath.mpf(0), mpmath.mpf(0), [], []
        for share in shares:
            end = half * mpmath.mpf(share)
            width = (end - start) / 2
            x += width * mpmath.fsum(weight * slope(start + width * (1 + node)) for node, weight in rule)
            start = end
            lengths.append(arc(end))
            points.append([x, b * mpmath.sin(end), b * mpmath.sin(partner(end))])
        return lengths, points


def _partner(
    arc: Callable[[Any], Any], speed: Callable[[Any], Any], quarter: Any, half: Any
) -> Callable[[Any], Any]:
    """Invert what is left of the quarter, by Newton's method."""

    def partner(angle: Any) -> Any:
        other, left = half - angle, quarter - arc(angle)
        for _ in range(60):
            step = (arc(other) - left) / speed(other)
            other -= step
            if abs(step) < mpmath.mpf(10) ** (-DIGITS / 2 - 3):  # the next one would be its square
                break
        return other

    return partner


def _gauss(points: int) -> list[tuple[Any, Any]]:
    """Give nodes and weights of the Gauss-Legendre rule, by Newton's method on the polynomial."""
    rule = []
    for k in range(points):
        node = mpmath.cos(mpmath.pi * (k + mpmath.mpf(3) / 4) / (points + mpmath.mpf(1) / 2))
        for _ in range(8):
            before, last = mpmath.mpf(1), node
            for n in range(2, points + 1):
                before, last = last, ((2 * n - 1) * node * last - (n - 1) * before) / n
            derivative = points * (node * last - before) / (node**2 - 1)
            node -= last / derivative
            if abs(last / derivative) < mpmath.mpf(10) ** -(DIGITS + 5):
                break
        rule.append((node, 2 / ((1 - node**2) * derivative**2)))
    return rule
