"""Two sheets as polygons whose edges are equally long."""

import numpy as np

from maskplay.geometry.curve import Curve
from maskplay.geometry.outline import Outline
from maskplay.geometry.tabulated import Floats

_TURN = 1e-9  # radians that a vertex must have in all to be one


def walked(first: Outline, second: Outline, offset: float) -> list[Curve]:
    """Give both edges as they are walked along the seam, each turning to the left: the second one mirrored.

    Args:
        first: from its start.
        second: as long, seen from outside like the first; so it is walked clockwise.
        offset: share of its perimeter at which it starts.
    """
    long, start = first.perimeter, offset * second.perimeter
    turned = float(second.turning(start))
    mirrored = np.mod(start - second.breaks, second.perimeter)
    return [
        Curve.of(first.turning, _edges(first.breaks, long)),
        Curve.of(lambda s: turned - second.turning(start - s), _edges(mirrored, long)),
    ]


def _edges(breaks: Floats, long: float) -> Floats:
    inside = np.unique(breaks[(breaks > 1e-9 * long) & (breaks < (1 - 1e-9) * long)])
    apart = np.concatenate([[True], np.diff(inside) > 1e-9 * long]) if len(inside) else np.zeros(0, bool)
    return np.concatenate([[0.0], inside[apart], [long]])


def two_polygons(curves: list[Curve], s: Floats) -> tuple[Floats, list[Floats]]:
    """Replace two closed curves by polygons.

    Each edge is as long as its arc and has the direction that the curve has in the middle of the arc. What then is
    missing for the polygon to close is made up by the smallest turns of its edges.

    Args:
        curves: walked along the seam.
        s: `(n + 1,)`, from 0 to the length: where the seam is cut.

    Returns:
        Arc lengths `(m,)` of the vertices, and the two polygons `(m, 2)` each, anticlockwise. Vertices at which
        neither turns are left out.
    """
    middle, step = (s[1:] + s[:-1]) / 2, np.diff(s)
    headings = [_closed(np.asarray(curve.turned(middle)), step) for curve in curves]
    headings = [heading - heading[0] for heading in headings]  # mirror images then are the same polygon
    turns = sum(np.mod(heading - np.roll(heading, 1) + np.pi, 2 * np.pi) - np.pi for heading in headings)
    keep = np.asarray(turns) > _TURN
    polygons = []
    for heading in headings:
        edges = step[:, None] * np.stack([-np.sin(heading), np.cos(heading)], axis=1)
        polygons.append((np.cumsum(edges, axis=0) - edges)[keep])
    return s[:-1][keep], polygons


def _closed(heading: Floats, step: Floats) -> Floats:
    """Turn edges a little, so that they close."""
    for _ in range(8):
        edges = step * np.exp(1j * heading)
        gap = edges.sum()
        if abs(gap) <= 1e-15 * step.sum():
            break
        rates = np.stack([-edges.imag, edges.real])  # of the end, when an edge turns
        heading = heading - rates.T @ np.linalg.solve(rates @ rates.T, [gap.real, gap.imag])
    return heading
