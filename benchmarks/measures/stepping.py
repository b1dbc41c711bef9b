"""The post's own way to the glued ellipse: everything tabulated in steps."""

from typing import NamedTuple

import numpy as np


class Stepped(NamedTuple):
    """What stepping finds.

    Attributes:
        quarter: the length of a quarter of the seam.
        length: the extent of the solid along x.
        points: `(n, 3)`, a quarter of the seam.
    """

    quarter: float
    length: float
    points: np.ndarray


def stepping(a: float, b: float, step: float) -> Stepped:
    """Glue two ellipses as Scientific Spaces 6818 does, in our own words.

    Arc length over y by the trapezoidal rule in even steps; its inverse, and the inverse of what is left of the
    quarter, by interpolation; derivatives by differences; x by the trapezoidal rule again.

    Args:
        a: the long semi-axis.
        b: the short one.
        step: of y. The integrand has no bound at y = b, so the error goes with the root of the step.
    """
    y = np.arange(0, b, step)
    s = _summed(np.sqrt(1 + (a * y / b) ** 2 / (b**2 - y**2)), y)
    z = np.interp(s[-1] - s, s, y)
    climbed = 1 - _rate(y, s) ** 2 - _rate(z, s) ** 2
    x = _summed(np.sqrt(np.clip(climbed, 0, 1)), s)
    return Stepped(float(s[-1]), float(x[-1]), np.stack([x, y, z], axis=1))


def _summed(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Integrate from the first point on, `(n,)`."""
    summed = np.zeros_like(at)
    np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(at), out=summed[1:])
    return summed


def _rate(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Differentiate, `(n,)`: differences between neighbours, brought back to the points."""
    middle = (at[1:] + at[:-1]) / 2
    return np.interp(at, middle, np.diff(values) / np.diff(at))
