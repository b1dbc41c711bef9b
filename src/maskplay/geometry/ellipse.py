"""Ellipses."""

import numpy as np

from maskplay.geometry.curve import Curve
from maskplay.geometry.outline import Outline
from maskplay.geometry.sizes import positive
from maskplay.geometry.tabulated import Floats


def ellipse(a: float, b: float) -> Outline:
    """Make an ellipse.

    Arc length from the end of the long axis is an elliptic integral of the eccentric angle; its inverse is found by
    Newton's method, to rounding. (Scientific Spaces 6818 tabulates it in steps instead.)

    Args:
        a: a semi-axis.
        b: the other one; their order does not matter, and they may be equal.

    Raises:
        GluingError: if one is not a positive number, or they differ more than a millionfold.

    >>> round(ellipse(2, 1).perimeter / 4, 6)
    2.422112
    """
    long, short = sorted(positive("An ellipse's semi-axes", [a, b], ratio=1e6), reverse=True)
    arc = EllipticArc(long, short)
    return Outline(Curve.of(arc.turning, [0.0, arc.length]), mirrored=True, name=f"ellipse {a:g} {b:g}")


class EllipticArc:
    """A quarter of an ellipse, from the end of the long axis to the end of the short one.

    Its points are `(a cos t, b sin t)`; `t` is the eccentric angle.
    """

    def __init__(self, a: float, b: float) -> None:
        """Take the semi-axes, `a >= b > 0`."""
        from scipy.special import ellipe, ellipeinc

        self.a, self.b = a, b
        self._integral = ellipeinc
        self._flatness = (a - b) * (a + b) / b**2
        self.length = float(a * ellipe((a - b) * (a + b) / a**2))

    def arc_length(self, t: Floats) -> Floats:
        """Give the arc length up to eccentric angles."""
        return self.b * self._integral(t, -self._flatness)

    def eccentric_angle(self, s: Floats) -> Floats:
        """Invert `arc_length`: Newton from a table that is fine both at the sharp end and along the flat side."""
        turned = np.linspace(0, np.pi / 2, 65)
        table = np.union1d(np.arctan2(self.b * np.sin(turned), self.a * np.cos(turned)), turned)
        t = np.interp(s, self.arc_length(table), table)
        for _ in range(50):
            speed = self.b * np.sqrt(1 + self._flatness * np.sin(t) ** 2)
            step = (self.arc_length(t) - s) / speed
            t = np.clip(t - step, 0, np.pi / 2)
            # Newton squares the error: below this, the step just made was the last that matters.
            if (np.abs(step) <= 1e-9 * (t + self.b / self.a)).all():
                break
        return t

    def turning(self, s: Floats) -> Floats:
        """Give the radians turned at arc lengths `(n,)`."""
        t = self.eccentric_angle(s)
        return np.arctan2(self.a * np.sin(t), self.b * np.cos(t))
