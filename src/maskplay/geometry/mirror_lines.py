"""Finding the mirror lines of an outline."""

import numpy as np
from numpy.typing import NDArray

from maskplay.geometry.curve import Curve
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.outline import Outline
from maskplay.geometry.tabulated import Floats

Points = NDArray[np.complex128]

_SAMPLES = 256
_ORDERS = (2, 4, 6, 8, 10, 12)  # of the moments whose directions are tried
_SYMMETRIC = 1e-6  # share of the perimeter by which mirrored points may differ
_SNAP = 1e-9  # share of the perimeter within which a tip is taken to be at a corner


def with_mirror_lines(outline: Outline) -> Outline:
    """Put an outline upon its two mirror lines, with a tip at the start; the tip is the end that is farther out.

    A mirror line goes through the centroid, along the direction of each complex moment of even order; the moments
    are integrals along the edge, and right to rounding.

    Args:
        outline: any.

    Returns:
        The outline itself if it is known by a quarter; else one that is.

    Raises:
        GluingError: if there are no two mirror lines; how much is missing.
    """
    if outline.mirrored:
        return outline
    s, weights = outline.curve.turned.quadrature()
    edge = _complex(outline, s)
    centre = complex(weights @ edge / weights.sum())
    tips = [_tip(outline, centre, angle) for angle in _directions(edge - centre, weights)]
    faults = [_fault(outline, centre, tip) for tip in tips]
    best = min(faults)
    if best > _SYMMETRIC:
        raise GluingError(
            f"{outline.name} has no two mirror lines: halves that should agree differ by {best:.2g} of the perimeter. "
            "Sheets without mirror lines can be glued by dform (--offset)."
        )
    good = [tip for tip, fault in zip(tips, faults, strict=True) if fault <= 10 * best + 1e-12]
    return _quarter(
        outline, max(good, key=lambda tip: round(float(np.abs(_complex(outline, tip) - centre)), 9))
    )


def _complex(outline: Outline, s: Floats | float) -> Points:
    x, y = np.moveaxis(outline.point(s), -1, 0)
    return np.asarray(x + 1j * y)


def _directions(edge: Points, weights: Floats) -> list[float]:
    """List the directions of possible mirror lines, in radians, by the strongest moment that knows of one."""
    size = float(np.abs(edge).max())
    moments = [complex(weights @ (edge / size) ** order) / weights.sum() for order in _ORDERS]
    for order, moment in zip(_ORDERS, moments, strict=True):
        if abs(moment) > 1e-3 or (abs(moment) > 1e-6 and abs(moment) == max(map(abs, moments))):
            return [float(np.angle(moment) + 2 * np.pi * m) / order for m in range(order)]
    return [0.0, np.pi / 2]  # a circle, as far as can be told


def _tip(outline: Outline, centre: complex, angle: float) -> float:
    """Find the arc length where the ray from the centre meets the edge."""
    from scipy.optimize import brentq

    def aside(s: Floats | float) -> Floats:
        return np.asarray(np.angle((_complex(outline, s) - centre) * np.exp(-1j * angle)))

    s = np.linspace(0, outline.perimeter, _SAMPLES + 1)
    found = aside(s)
    near = np.flatnonzero((found[:-1] <= 0) & (found[1:] > 0) & (found[1:] - found[:-1] < np.pi))[0]
    tip = float(brentq(aside, s[near], s[near + 1], xtol=1e-15 * outline.perimeter, rtol=1e-15))
    breaks = np.append(outline.breaks, outline.perimeter)
    nearest = float(breaks[np.argmin(np.abs(breaks - tip))])
    return nearest if abs(nearest - tip) <= _SNAP * outline.perimeter else tip


def _fault(outline: Outline, centre: complex, tip: float) -> float:
    """Give by how much the outline is not its mirror image, in both lines, as a share of the perimeter."""
    s = np.linspace(0, outline.perimeter / 2, _SAMPLES)
    axis = _complex(outline, tip) - centre
    axis /= abs(axis)
    there, back = ((_complex(outline, tip + sign * s) - centre) / axis for sign in (1, -1))
    along = np.abs(there - back.conj()).max()
    across = np.abs(there + there[::-1].conj()).max()
    return float(max(along, across)) / outline.perimeter


def _quarter(outline: Outline, tip: float) -> Outline:
    """Describe an outline by the quarter that starts at a tip."""
    length = outline.perimeter / 4
    hair = 1e-12 * outline.perimeter
    start = float(outline.turning(tip + hair) + outline.turning(tip - hair)) / 2  # the middle of a corner
    breaks = np.mod(outline.breaks - tip, outline.perimeter)
    inside = np.unique(breaks[(breaks > _SNAP * length) & (breaks < length * (1 - _SNAP))])
    edges = np.concatenate([[0.0], inside, [length]])
    return Outline(
        Curve.of(lambda s: outline.turning(tip + s) - start, edges), mirrored=True, name=outline.name
    )
