"""Smoothness as a picture."""

from typing import TYPE_CHECKING, Any

import numpy as np

from maskplay.analysis._pictures import Theme

if TYPE_CHECKING:
    from maskplay.analysis.smoothness.report.smoothness import Smoothness

_MARKS = ("o-", "s--", "^:", "v-.")
_LAYERS = 12


def draw_smoothness(figure: Any, found: "Smoothness", theme: Theme) -> None:
    """Draw the loss along the slices, the secants beside the curvature, and the curvature of the layers."""
    losses, secants, layers = figure.subplots(1, 3)
    for number, one in enumerate(found.slices):
        style = {
            "color": theme.lines[number % len(theme.lines)],
            "ms": 3.5,
            "lw": 1.2,
            "label": one.direction,
        }
        mark = _MARKS[number % len(_MARKS)]
        losses.plot([0.0, *one.distances], _finite([one.loss, *one.losses]), mark, **style)
        secants.plot(one.distances, _finite(one.secants), mark, **style)
    losses.set(title="loss along lines", xlabel="distance")
    if found.slices:
        losses.legend()
    secants.axhspan(found.lipschitz.low, found.lipschitz.high, color=theme.ink, alpha=0.25, lw=0)
    secants.axhline(found.lipschitz.value, color=theme.ink, lw=1, label="by curvature")
    secants.set(title="L: change of gradient / distance", xlabel="distance", xscale="log", yscale="log")
    secants.legend()
    _layers(layers, found, theme)


def _layers(axes: Any, found: "Smoothness", theme: Theme) -> None:
    shown = found.layers[:_LAYERS][::-1]
    values = [one.eigenvalues.modulus for one in shown]
    axes.barh(range(len(shown)), [one.value for one in values], color=theme.lines[0], height=0.6)
    spans = [
        [max(one.value - one.low, 0) for one in values],
        [max(one.high - one.value, 0) for one in values],
    ]
    if shown:
        axes.errorbar(
            [one.value for one in values], range(len(shown)), xerr=spans, fmt="none", ecolor=theme.ink, lw=1
        )
    axes.set_yticks(range(len(shown)), [_short(one.layer) for one in shown])
    axes.set(title="curvature of each layer alone")


def _finite(values: Any) -> Any:
    array = np.array(values, float)
    array[~np.isfinite(array)] = np.nan
    return array


def _short(name: str) -> str:
    return name if len(name) <= 18 else f"…{name[-17:]}"
