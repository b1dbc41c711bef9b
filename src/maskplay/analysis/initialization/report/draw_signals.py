"""A report as a picture."""

from typing import TYPE_CHECKING, Any

import numpy as np

from maskplay.analysis._pictures import Theme

if TYPE_CHECKING:
    from maskplay.analysis.initialization.report.layer_signal import LayerSignal
    from maskplay.analysis.initialization.report.signal_report import SignalReport

_NAMED_UP_TO = 24


def draw_signals(figure: Any, report: "SignalReport", theme: Theme) -> None:
    """Draw sizes and gradients, and below them what the samples still differ by and dead units, over the layers."""
    upper, lower = figure.subplots(2, 1, sharex=True)
    layers = report.layers
    places = np.arange(len(layers))
    guilty = {name for finding in report.findings for name in finding.layers}
    _line(upper, places, [one.size_out for one in layers], "o-", "size of what comes out", theme.lines[0])
    gradients = _relative([one.gradient_out for one in layers])
    _line(upper, places, gradients, "s--", "gradient there, over the last", theme.lines[1])
    upper.set(yscale="log", title=_title(report))
    upper.legend()
    _line(lower, places, [one.mean_share for one in layers], "o-", "share that samples share", theme.lines[2])
    _line(lower, places, [one.dead for one in layers], "s--", "dead units", theme.lines[3])
    _line(lower, places, [one.saturated for one in layers], "^:", "saturated", theme.lines[4])
    lower.set(ylim=(-0.03, 1.03))
    lower.legend()
    for axes in (upper, lower):
        for place, one in enumerate(layers):
            if one.layer in guilty:
                axes.axvline(place, color=theme.lines[1], lw=6, alpha=0.25, zorder=0)
    if len(layers) <= _NAMED_UP_TO:
        lower.set_xticks(places, [_short(one) for one in layers], rotation=35, ha="right")
    else:
        lower.set_xlabel("layers, in the order of calls")


def _line(axes: Any, places: Any, values: list[float], style: str, name: str, colour: str) -> None:
    array = np.array(values, float)
    array[~np.isfinite(array)] = np.nan
    axes.plot(places, array, style, ms=3.5, lw=1.2, label=name, color=colour)


def _relative(norms: list[float]) -> list[float]:
    last = next((one for one in reversed(norms) if one > 0), 1.0)
    return [one / last if one > 0 else float("nan") for one in norms]


def _title(report: "SignalReport") -> str:
    if report.healthy:
        return "Nothing is wrong."
    first = report.findings[0]
    return f"{first.layer}: {first.cause}"


def _short(layer: "LayerSignal") -> str:
    name = layer.layer
    return name if len(name) <= 22 else f"…{name[-21:]}"
