"""The nearest shapes that can be glued."""

from typing import NamedTuple

import numpy as np

from maskplay.geometry.curve import Curve
from maskplay.geometry.outline import Outline
from maskplay.geometry.tabulated import Floats


class Nearest(NamedTuple):
    """Two sheets that close up.

    Attributes:
        first: the first one, from its tip.
        second: the second one, from where that tip is glued.
        moved: how far a point of an edge is from where it was, at most.
    """

    first: Outline
    second: Outline
    moved: float


def nearest(first: Outline, second: Outline) -> Nearest:
    """Change two sheets as little as makes the criterion hold.

    Where the first turning α does not lead the second β, both become their mean. No pair of turnings that pass is
    nearer, in the largest angle by which a tangent is turned; perimeters stay, and so does congruence of the sheets.

    Args:
        first: with two mirror lines, from its tip.
        second: the same, from where that tip is glued; of the same perimeter.
    """
    alpha, beta = first.curve.turned, second.curve.turned

    def leading(s: Floats) -> Floats:
        return np.maximum(alpha(s), (alpha(s) + beta(s)) / 2)

    def following(s: Floats) -> Floats:
        return np.minimum(beta(s), (alpha(s) + beta(s)) / 2)

    breaks = np.union1d(first.curve.breaks, second.curve.breaks)
    breaks = breaks[np.concatenate([[True], np.diff(breaks) > 1e-12 * breaks[-1]])]
    breaks[-1] = first.curve.length
    pair = [
        Outline(Curve.of(turning, breaks), mirrored=True, name=f"nearest to {old.name}")
        for turning, old in ((leading, first), (following, second))
    ]
    s = np.linspace(0, first.curve.length, 513)
    moved = [
        float(np.linalg.norm(new.point(s) - old.point(s), axis=1).max())
        for new, old in zip(pair, (first, second), strict=True)
    ]
    return Nearest(pair[0], pair[1], max(moved))
