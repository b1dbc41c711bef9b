"""Where a seam is cut into edges."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from maskplay.geometry.curve import Curve
from maskplay.geometry.tabulated import Floats

_PER_PANEL = 8
_EVEN = 0.1  # share of the nodes that go with length alone
_STRAIGHT = 1e-12  # radians


def seam_nodes(curves: Sequence[Curve], count: int) -> Floats:
    """Choose arc lengths at which a seam is cut: breaks, and in between more where the sheets turn more.

    A chord is away from its arc by the curvature times the square of its length; so edges as long as the inverse root
    of the curvature make that the same everywhere. Where both sheets are straight there is nothing to cut.

    Args:
        curves: walked together along the seam, equally long.
        count: about so many edges, a few more.

    Returns:
        `(n + 1,)`, from 0 to the length.

    >>> circle = Curve.of(lambda s: s, [0, np.pi / 2])
    >>> seam_nodes([circle, circle], 4).round(6).tolist()
    [0.0, 0.392699, 0.785398, 1.178097, 1.570796]
    """
    length = curves[0].length
    breaks = _merged(np.concatenate([curve.breaks for curve in curves]), length)
    spans = [_measure(curves, left, right) for left, right in pairwise(breaks)]
    total = sum(measure[-1] for _, measure, turned in spans if turned > _STRAIGHT)
    nodes = [np.zeros(1)]
    for s, measure, turned in spans:
        edges = max(1, int(np.ceil(count * measure[-1] / total - 1e-9))) if turned > _STRAIGHT else 1
        found = np.interp(np.arange(1, edges + 1) * (measure[-1] / edges), measure, s)
        found[-1] = s[-1]
        if turned <= _STRAIGHT and len(nodes) > 1 and _smooth(curves, s[0]):
            nodes[-1] = nodes[-1][:-1]
        nodes.append(found)
    return np.concatenate(nodes)


def _measure(curves: Sequence[Curve], left: float, right: float) -> tuple[Floats, Floats, float]:
    """Give arc lengths between two breaks, the nodes that belong there (added up), and the turning in all."""
    inside = [curve.turned.edges for curve in curves]
    edges = np.concatenate([[left], *[e[(e > left) & (e < right)] for e in inside], [right]])
    edges = np.unique(edges)
    steps = np.linspace(0, 1, _PER_PANEL, endpoint=False)
    s = np.append((edges[:-1, None] + np.diff(edges)[:, None] * steps).ravel(), right)
    turned = np.zeros_like(s)
    for curve in curves:
        inner = np.append(curve.turned(s[:-1]), curve.turned(s[-1:], "left"))
        turned += np.maximum.accumulate(inner - inner[0])
    steps = np.diff(s) / curves[0].length
    measure = np.zeros_like(s)
    np.cumsum(_EVEN * steps + (1 - _EVEN) * np.sqrt(steps * np.diff(turned) / np.pi), out=measure[1:])
    return s, measure, float(turned[-1])


def _smooth(curves: Sequence[Curve], at: float) -> bool:
    """Whether no curve has a corner there."""
    jumps = [abs(float(curve.turned(at) - curve.turned(at, "left"))) for curve in curves]
    return max(jumps) <= _STRAIGHT


def _merged(breaks: Floats, length: float) -> Floats:
    """Sort breaks, those that differ by rounding only once."""
    ordered = np.sort(breaks)
    ordered = ordered[np.concatenate([[True], np.diff(ordered) > 1e-12 * length])]
    ordered[0], ordered[-1] = 0.0, length
    return ordered
