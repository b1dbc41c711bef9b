"""A report as text."""

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
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    lines = []
    for mark, row in zip(marks, rows, strict=True):
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        lines.append(f"{mark} {'  '.join(cells)}".rstrip())
    told = [f"{number}. {finding}" for number, finding in enumerate(report.findings, 1)]
    return "\n".join([*lines, "", *(told or ["Nothing is wrong."])])


def _row(layer: "LayerSignal") -> tuple[str, ...]:
    share = _number(layer.mean_share)
    numbers = [_number(one) for one in (layer.size_out, layer.forward, layer.backward, layer.gain)]
    dead = f"{layer.dead:.0%}" if layer.dead > 0 else ""
    return layer.layer, *numbers, share, _number(layer.rank), dead


def _number(value: float) -> str:
    return f"{value:.2g}" if value == value else ""
