"""A report as text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maskplay.analysis.initialization.report.layer_signal import LayerSignal
    from maskplay.analysis.initialization.report.signal_report import SignalReport

_HEAD = ("layer", "size", "forward", "backward", "gain", "mean", "rank", "dead")


def table(report: "SignalReport") -> str:
    """A line for each layer, those at fault marked, and one for each finding."""
    guilty = {name for finding in report.findings for name in finding.layers}
    rows = [_HEAD, *(_row(layer) for layer in report.layers)]
    marks = [" ", *("!" if layer.layer in guilty else " " for layer in report.layers)]
    lines = [f"{mark} {line}".rstrip() for mark, line in zip(marks, aligned(rows), strict=True)]
    told = [f"{number}. {finding}" for number, finding in enumerate(report.findings, 1)]
    return "\n".join([*lines, "", *(told or ["Nothing is wrong."])])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines, their first cells to the left and all others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in rows
    ]


def _row(layer: "LayerSignal") -> tuple[str, ...]:
    share = _number(layer.mean_share)
    numbers = [_number(one) for one in (layer.size_out, layer.forward, layer.backward, layer.gain)]
    dead = f"{layer.dead:.0%}" if layer.dead > 0 else ""
    return layer.layer, *numbers, share, _number(layer.rank), dead


def _number(value: float) -> str:
    return f"{value:.2g}" if value == value else ""
