"""Patterns as PDF."""

from io import BytesIO

import numpy as np

from maskplay.geometry.pattern import Page, Pattern
from maskplay.geometry.tabulated import Floats

_MM = 1 / 25.4  # inches
_POINT = 72 / 25.4  # points in a millimetre


def pattern_pdf(pattern: Pattern) -> bytes:
    """Draw a pattern at its true size, on one page that is as large as it must be.

    Args:
        pattern: in millimetres.

    Raises:
        ImportError: if matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_pdf import FigureCanvasPdf
        from matplotlib.collections import LineCollection
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("Writing PDF needs matplotlib: pip install 'maskplay[glue]'") from error

    page = Page.of(pattern)
    figure = Figure(figsize=(page.width * _MM, page.height * _MM))
    canvas = FigureCanvasPdf(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, page.width), ylim=(0, page.height))
    axes.axis("off")
    hair = page.tick / 20 * _POINT

    def label(at: Floats, text: str) -> None:
        size = 2 * page.tick * _POINT
        # A file's name may hold signs that mathematics is written with.
        axes.text(
            at[0], at[1], text, fontsize=size, ha="center", va="center", color="#444444", parse_math=False
        )

    for letter, sheet, origin in zip("AB", pattern.sheets, page.origins, strict=True):
        axes.add_collection(
            LineCollection(list(sheet.rulings + origin), colors="#7aa6c2", linewidths=hair, linestyles="--")
        )
        ticks = [np.stack([mark.at, mark.at + page.tick * mark.inward]) + origin for mark in sheet.marks]
        axes.add_collection(LineCollection(ticks, colors="#444444", linewidths=hair))
        axes.fill(*(sheet.edge + origin).T, fill=False, edgecolor="#d62728", linewidth=hair)
        for mark in sheet.marks:
            label(mark.at + 2.5 * page.tick * mark.inward + origin, str(mark.number))
        label(sheet.edge.mean(axis=0) + origin, f"{letter}: {sheet.name}, outside")
    axes.plot([page.margin, page.margin + page.bar], [page.margin] * 2, color="#444444", linewidth=hair)
    label(np.array([page.margin + page.bar / 2, page.margin + page.tick]), f"{page.bar:g} mm")
    written = BytesIO()
    canvas.print_pdf(written, metadata={"CreationDate": None, "Title": "Sheets to glue"})
    return written.getvalue()
