"""A mask as PNG, by matplotlib."""

from contextlib import suppress
from io import BytesIO
from typing import Any

import numpy as np

from maskplay.masks.drawing.layout import FONT, Layout, layout
from maskplay.masks.drawing.scene import Scene
from maskplay.masks.drawing.theme import THEMES, Theme, check_theme

_DPI = 200  # two pixels to one of the SVG
_FAMILIES = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)


def png_drawing(scene: Scene, theme: str = "auto") -> bytes:
    """Draw a scene as PNG; the theme "auto" is light.

    Raises:
        ValueError: There is no such theme; or no font for a label, which would leave boxes in the picture.
        ImportError: There is no matplotlib.
    """
    check_theme(theme)
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(
            "A PNG is drawn by matplotlib, which is not installed: pip install 'maskplay[train]'. A picture whose name "
            "ends in .svg needs nothing."
        ) from None
    place = layout(scene)
    colours = THEMES["dark" if theme == "dark" else "light"]
    figure = Figure(figsize=(place.width / 100, place.height / 100), dpi=_DPI, facecolor=colours.paper)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, place.width), ylim=(place.height, 0))
    axes.axis("off")
    families = _families("".join([scene.title, scene.facts, *scene.key_labels, *scene.query_labels]))
    _cells(axes, scene, place, colours)
    _words(axes, scene, place, colours, families)
    content = BytesIO()
    figure.savefig(content, format="png", dpi=_DPI, facecolor=colours.paper)
    return content.getvalue()


def _families(text: str) -> list[str]:
    """Give the fonts at hand that have all characters of a text between them; those that suit come first."""
    from matplotlib.font_manager import fontManager

    chosen, missing = _covering(set(text), {font.name: font.fname for font in fontManager.ttflist})
    if missing:  # matplotlib remembers the fonts of an earlier day
        more, missing = _covering(missing, _new_fonts())
        chosen += more
    if missing:
        raise ValueError(
            f"No font at hand has {''.join(sorted(missing))[:20]!r}, so that a PNG would show boxes. Install one "
            "(for instance Noto Sans CJK), or save as .svg, where the viewer has the fonts."
        )
    return chosen


def _covering(missing: set[str], files: dict[str, str]) -> tuple[list[str], set[str]]:
    """Choose fonts until no character is missing; give them, and what still is."""
    from matplotlib.font_manager import get_font

    chosen = []
    files = {name: path for name, path in files.items() if "Last Resort" not in name}  # boxes for everything
    for family in [*(name for name in _FAMILIES if name in files), *sorted(set(files) - set(_FAMILIES))]:
        if not missing:
            break
        characters = get_font(files[family]).get_charmap()
        found = {character for character in missing if ord(character) in characters}
        if found:
            chosen.append(family)
        missing = missing - found
    return chosen, missing


def _new_fonts() -> dict[str, str]:
    """Make fonts known that matplotlib has not seen yet; give their files by name."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {font.fname for font in fontManager.ttflist}
    new = [path for path in findSystemFonts() if path not in known]
    for path in new:
        with suppress(Exception):  # a file that is no font, or damaged
            fontManager.addfont(path)
    return {font.name: font.fname for font in fontManager.ttflist if font.fname in new}


def _cells(axes: Any, scene: Scene, place: Layout, colours: Theme) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    size = place.cell - place.gap
    corners = np.ndindex(*scene.cells.shape)
    squares = [Rectangle((place.x(column), place.y(row)), size, size) for row, column in corners]
    low, high = (
        np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) / 255 for c in (colours.hidden, colours.seen)
    )
    fills = low + scene.cells.reshape(-1, 1) * (high - low)
    axes.add_collection(PatchCollection(squares, facecolors=fills, edgecolors="none", linewidths=0))


def _words(axes: Any, scene: Scene, place: Layout, colours: Theme, families: list[str]) -> None:
    def write(x: float, y: float, text: str, colour: str, size: float = FONT, **more: Any) -> None:
        # Sizes are in points, 72 to an inch; a dollar is a dollar.
        style = {"family": families, "fontsize": size * 0.72, "color": colour, "parse_math": False, **more}
        axes.text(x, y, text, **style)

    rows, keys = scene.cells.shape
    weight = "bold" if families == ["DejaVu Sans"] else "normal"  # others may have no bold
    if place.title is not None:
        write(14, place.title, scene.title, colours.ink, FONT + 2, weight=weight)
    write(14, place.facts, scene.facts, colours.faint, FONT - 2)
    write(place.left, place.facts + FONT + 8, "keys →", colours.faint, FONT - 2)
    turned = {"rotation": 90, "rotation_mode": "anchor"}
    write(14 + FONT - 4, place.top, "← queries", colours.faint, FONT - 2, ha="right", **turned)
    half = place.cell / 2
    for column in range(0, keys, place.every):
        upright = {"ha": "left", "va": "center", **turned} if place.standing else {"ha": "center"}
        write(place.x(column) + half, place.top - 6, scene.key_labels[column], colours.ink, **upright)
    for row in range(0, rows, place.every):
        write(
            place.left - 6, place.y(row) + half, scene.query_labels[row], colours.ink, ha="right", va="center"
        )
