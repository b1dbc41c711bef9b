"""Pictures of measures, on light and on dark paper: figures that need no screen, files that are written whole."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maskplay._files import written_whole

_DOTS_PER_INCH = 120


@dataclass(frozen=True)
class Theme:
    """Colours, as #rrggbb.

    Attributes:
        paper: behind everything.
        ink: of words, axes and what is compared with.
        faint: of grids.
        lines: of what is measured, in order; told apart in grey and by eyes that see no red too.
    """

    paper: str
    ink: str
    faint: str
    lines: tuple[str, ...]


# The colours of pairs must differ: those of an SVG are exchanged one for one.
THEMES = {
    "light": Theme("#ffffff", "#1f2933", "#d3dae1", ("#2f6f9f", "#d2691e", "#3f8f5f", "#9a4f96", "#8a6d1a")),
    "dark": Theme("#14181d", "#e4e9ee", "#3a434d", ("#6fb3e0", "#f2a35e", "#7fcf9f", "#d69ad2", "#d9bd66")),
}


@contextmanager
def drawing(
    path: str | os.PathLike[str], size: tuple[float, float], theme: str = "auto"
) -> Iterator[tuple[Any, Theme]]:
    """Give a figure that needs no screen and its colours, and write it at the end.

    Args:
        path: a PNG, or an SVG.
        size: in inches; a page is some 10 wide.
        theme: "light", "dark", or "auto": as the viewer of an SVG prefers; a PNG is light.

    Raises:
        ImportError: without matplotlib.
        ValueError: there is no such theme, or the name ends in neither.
    """
    path = Path(path)
    if theme not in ("auto", *THEMES):
        raise ValueError(f'theme must be "auto", "light" or "dark". Received: {theme!r}')
    if path.suffix.lower() not in (".png", ".svg"):
        raise ValueError(f"A picture must be named .png or .svg. Received: {path.name}")
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("Pictures need matplotlib: pip install 'maskplay[train]'") from error
    colours = THEMES["dark" if theme == "dark" else "light"]
    with matplotlib.rc_context(_settings(matplotlib, colours)):
        figure = Figure(figsize=size, layout="constrained")
        yield figure, colours
        with written_whole(path) as unfinished:
            suffix = path.suffix.lower()[1:]
            figure.savefig(
                unfinished,
                format=suffix,
                dpi=_DOTS_PER_INCH,
                metadata={"Date": None} if suffix == "svg" else None,
            )
            if suffix == "svg" and theme == "auto":
                text = unfinished.read_text(encoding="utf-8")
                unfinished.write_text(_either(text), encoding="utf-8")


def _settings(matplotlib: Any, theme: Theme) -> Any:
    return {
        "figure.facecolor": theme.paper,
        "savefig.facecolor": theme.paper,
        "axes.facecolor": theme.paper,
        "axes.edgecolor": theme.ink,
        "axes.labelcolor": theme.ink,
        "axes.titlecolor": theme.ink,
        "axes.titlesize": 10,
        "axes.labelsize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.prop_cycle": matplotlib.cycler(color=theme.lines),
        "grid.color": theme.faint,
        "grid.linewidth": 0.6,
        "text.color": theme.ink,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "legend.fontsize": 8,
        "legend.frameon": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "maskplay",
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
    }


def _either(svg: str) -> str:
    """Let the viewer choose between light and dark."""
    light, dark = ([t.paper, t.ink, t.faint, *t.lines] for t in (THEMES["light"], THEMES["dark"]))
    for number, colour in enumerate(light):
        svg = svg.replace(colour, f"var(--c{number})")

    def rules(colours: list[str]) -> str:
        return ":root{" + ";".join(f"--c{i}:{colour}" for i, colour in enumerate(colours)) + "}"

    style = f"<style>{rules(light)}@media (prefers-color-scheme: dark){{{rules(dark)}}}</style>"
    return re.sub(r"(<svg\b[^>]*>)", lambda tag: tag.group(1) + style, svg, count=1)
