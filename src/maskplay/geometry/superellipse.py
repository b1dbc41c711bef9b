"""Superellipses."""

import numpy as np
from numpy.typing import NDArray

from maskplay.geometry.curve import Curve
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.outline import Outline
from maskplay.geometry.parametric import Path, natural
from maskplay.geometry.sizes import positive
from maskplay.geometry.tabulated import Floats

_HIGHEST = 100.0


def superellipse(a: float, b: float, exponent: float) -> Outline:
    """Make the curve |x/a|ⁿ + |y/b|ⁿ = 1.

    Args:
        a: half of its length.
        b: half of its width; the order of the two does not matter.
        exponent: n: 2 gives an ellipse, 1 a rhombus, 2.5 Piet Hein's table, 100 nearly a rectangle.

    Raises:
        GluingError: if a size is not a positive number, or the exponent is not between 1 and 100 (below 1 the curve is
            not convex).

    >>> from maskplay.geometry import ellipse
    >>> bool(abs(superellipse(2, 1, 2).perimeter - ellipse(2, 1).perimeter) < 1e-13)
    True
    """
    long, short = sorted(
        positive("A superellipse's half length and half width", [a, b], ratio=1e4), reverse=True
    )
    if not 1 <= exponent <= _HIGHEST:
        raise GluingError(f"A superellipse's exponent must be from 1 to {_HIGHEST:g}. Received: {exponent:g}")
    half_way = 0.5 ** (1 / exponent)  # where x/a = y/b

    def shares(t: Floats) -> tuple[NDArray[np.bool_], Floats, Floats]:
        """Walk y up on [0, 1], then x down on [1, 2]: neither has a vertical tangent. Give which, it, and the other."""
        rising = t <= 1
        u = half_way * np.where(rising, t, 2 - t)
        return rising, u, (1 - u**exponent) ** (1 / exponent)

    def point(t: Floats) -> Floats:
        rising, u, other = shares(t)
        return np.stack([long * np.where(rising, other, u), short * np.where(rising, u, other)], axis=1)

    def velocity(t: Floats) -> Floats:
        rising, u, other = shares(t)
        rate = half_way * (u / other) ** (exponent - 1)
        return np.stack(
            [long * np.where(rising, -rate, -half_way), short * np.where(rising, half_way, rate)], axis=1
        )

    turned, breaks = natural(Path(point, velocity, np.array([0.0, 1.0, 2.0])), heading=np.pi / 2)
    return Outline(Curve(turned, breaks), mirrored=True, name=f"superellipse {a:g} {b:g} {exponent:g}")
