"""Two reports on one model, such as before and after training."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maskplay.analysis.initialization.report._table import aligned
from maskplay.analysis.initialization.report.layer_change import LayerChange

if TYPE_CHECKING:
    from maskplay.analysis.initialization.report.layer_signal import LayerSignal
    from maskplay.analysis.initialization.report.signal_report import SignalReport

_HEAD = ("layer", "size", "gain", "mean", "rank", "dead")


@dataclass(frozen=True)
class SignalChanges:
    """What has become of the signals in a model.

    Attributes:
        layers: in the order in which they are called.
    """

    layers: tuple[LayerChange, ...]

    def table(self) -> str:
        """A line for each layer: size, gain and rank as ratios, shares of the mean and of dead units as differences."""
        return "\n".join(line.rstrip() for line in aligned([_HEAD, *map(_row, self.layers)]))


def changes(earlier: "SignalReport", later: "SignalReport") -> SignalChanges:
    """Compare two reports, layer by layer.

    Raises:
        ValueError: they are not of the same layers.
    """
    names = [[one.layer for one in report.layers] for report in (earlier, later)]
    if names[0] != names[1]:
        odd = sorted(set(names[0]) ^ set(names[1])) or ["the same in another order"]
        raise ValueError(
            "The reports must be of the same layers in the same order. "
            f"Received: {len(names[0])} and {len(names[1])} layers, not in both: {', '.join(odd[:5])}. "
            "Compare reports on one model, taken with the same `training`"
        )
    return SignalChanges(tuple(_change(a, b) for a, b in zip(earlier.layers, later.layers, strict=True)))


def _change(a: "LayerSignal", b: "LayerSignal") -> LayerChange:
    return LayerChange(
        layer=b.layer,
        size=_ratio(a.size_out, b.size_out),
        gain=_ratio(a.gain, b.gain),
        mean_share=b.mean_share - a.mean_share,
        rank=_ratio(a.rank, b.rank),
        dead=b.dead - a.dead,
    )


def _ratio(before: float, after: float) -> float:
    return after / before if before > 0 else float("nan")


def _row(layer: LayerChange) -> tuple[str, ...]:
    def said(value: float, form: Callable[[float], str]) -> str:
        return form(value) if value == value else ""

    ratios = [said(value, "×{:.3g}".format) for value in (layer.size, layer.gain, layer.rank)]
    dead = f"{layer.dead:+.0%}" if layer.dead else ""
    return layer.layer, *ratios[:2], said(layer.mean_share, "{:+.2g}".format), ratios[2], dead
