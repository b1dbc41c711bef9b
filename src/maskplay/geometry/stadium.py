"""Outlines of straight lines and circular arcs."""

import math

from maskplay.geometry.curve import Curve
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.outline import Outline
from maskplay.geometry.sizes import positive


def stadium(a: float, b: float) -> Outline:
    """Make a stadium: two half circles joined by straight lines.

    Args:
        a: half of its length.
        b: half of its width; the order of the two does not matter.

    Raises:
        GluingError: if one is not a positive number.

    >>> round(stadium(2, 1).perimeter, 6)
    10.283185
    """
    long, short = sorted(positive("A stadium's half length and half width", [a, b]), reverse=True)
    curve = Curve.of_arcs([short * math.pi / 2, long - short], [math.pi / 2, 0])
    return Outline(curve, mirrored=True, name=f"stadium {a:g} {b:g}")


def rectangle(a: float, b: float, radius: float = 0.0) -> Outline:
    """Make a rectangle, with round corners if wanted.

    Args:
        a: half of its length.
        b: half of its width; the order of the two does not matter.
        radius: of the corners.

    Raises:
        GluingError: if a size is not a positive number, or the corners are larger than the rectangle.

    >>> rectangle(2, 1).perimeter
    12.0
    """
    long, short = sorted(positive("A rectangle's half length and half width", [a, b]), reverse=True)
    if not 0 <= radius <= short:
        raise GluingError(
            f"A rectangle's corners must have a radius from 0 to half its width, {short:g}. Received: {radius:g}"
        )
    if radius == 0:
        curve = Curve.of_arcs([short, long], [0, 0], [0, math.pi / 2])
    else:
        lengths = [short - radius, radius * math.pi / 2, long - radius]
        curve = Curve.of_arcs(lengths, [0, math.pi / 2, 0])
    name = f"rectangle {a:g} {b:g}" + (f" {radius:g}" if radius else "")
    return Outline(curve, mirrored=True, name=name)
