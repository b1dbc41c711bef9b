"""A mask as SVG: text, written without any library."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

import numpy as np

from maskplay.masks.drawing.layout import FONT, Layout, layout
from maskplay.masks.drawing.scene import Scene
from maskplay.masks.drawing.theme import THEMES, check_theme

_FONTS = (
    "system-ui, 'Segoe UI', 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)


def svg_drawing(scene: Scene, theme: str = "auto") -> str:
    """Draw a scene as SVG.

    Args:
        scene: what is drawn.
        theme: "light", "dark", or "auto": as the viewer prefers.

    Raises:
        ValueError: There is no such theme.
    """
    check_theme(theme)
    place = layout(scene)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {place.width} {place.height}" '
        f'width="{place.width}" height="{place.height}" role="img" font-family="{_FONTS}" font-size="{FONT}">',
        f"<title>{escape(scene.title or 'attention mask')}</title>",
        f"<desc>{escape(scene.facts)}; a cell is filled where the query of its row sees the key of its column"
        "</desc>",
        f"<style>{_style(theme)}</style>",
        f'<rect class="paper" width="{place.width}" height="{place.height}" rx="6"/>',
        *_words(scene, place),
        *_cells(scene, place),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _style(theme: str) -> str:
    def rules(name: str) -> str:
        colours = THEMES[name]
        fills = {
            "paper": colours.paper,
            "ink": colours.ink,
            "faint": colours.faint,
            "seen": colours.seen,
            "hidden": colours.hidden,
        }
        return "".join(f".{role}{{fill:{colour}}}" for role, colour in fills.items())

    if theme != "auto":
        return rules(theme)
    return rules("light") + f"@media (prefers-color-scheme: dark){{{rules('dark')}}}"


def _words(scene: Scene, place: Layout) -> Iterator[str]:
    rows, keys = scene.cells.shape
    if place.title is not None:
        yield _text(14, place.title, scene.title, "ink", f' font-size="{FONT + 2}" font-weight="600"')
    small = f' font-size="{FONT - 2}"'
    yield _text(14, place.facts, scene.facts, "faint", small)
    yield _text(place.left, place.facts + FONT + 8, "keys →", "faint", small)
    x, y = 10.0 + FONT, place.top
    yield _text(x, y, "← queries", "faint", f'{small} text-anchor="end" transform="rotate(-90 {x} {y})"')
    half = place.cell / 2
    for column in range(0, keys, place.every):
        x, y = place.x(column) + half, place.top - 6
        turned = f' text-anchor="start" transform="rotate(-90 {x:.1f} {y:.1f}) translate(0 4.5)"'
        yield _text(
            x, y, scene.key_labels[column], "ink", turned if place.standing else ' text-anchor="middle"'
        )
    for row in range(0, rows, place.every):
        label = scene.query_labels[row]
        yield _text(place.left - 6, place.y(row) + half + 4.5, label, "ink", ' text-anchor="end"')


def _text(x: float, y: float, text: str, role: str, more: str = "") -> str:
    return f'<text class="{role}" x="{x:.1f}" y="{y:.1f}"{more}>{escape(text)}</text>'


def _cells(scene: Scene, place: Layout) -> Iterator[str]:
    """Draw the cells: two paths for those that are all or nothing, and a square for each that is between."""
    size = _short(place.cell - place.gap)
    for role, chosen in (("hidden", scene.cells < 1), ("seen", scene.cells == 1)):
        if chosen.any():
            yield f'<path class="{role}" d="{"".join(_bars(chosen, place))}"/>'
    for row, column in np.argwhere((scene.cells > 0) & (scene.cells < 1)).tolist():
        yield (
            f'<rect class="seen" x="{_short(place.x(column))}" y="{_short(place.y(row))}" width="{size}" '
            f'height="{size}" opacity="{scene.cells[row, column]:.2f}"/>'
        )


def _bars(chosen: np.ndarray, place: Layout) -> Iterator[str]:
    """Give a square for each cell; where there are no gaps, a bar for neighbours in a row."""
    high = _short(place.cell - place.gap)
    for row, cells in enumerate(chosen):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], cells.astype("int8"), [0]])))
        for start, stop in edges.reshape(-1, 2).tolist():
            step = 1 if place.gap else stop - start
            wide = _short(step * place.cell - place.gap)
            for column in range(start, stop, step):
                yield f"M{_short(place.x(column))} {_short(place.y(row))}h{wide}v{high}h-{wide}z"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
