"""A mask in characters."""

import unicodedata

import numpy as np

from maskplay.masks.drawing.scene import Scene

# A cell is two columns wide, as a Chinese character is.
_SHADES = ("· ", "░░", "▒▒", "▓▓", "██")
_ASCII_SHADES = (". ", "::", "++", "%%", "##")


def terminal_drawing(scene: Scene, encoding: str | None = "utf-8") -> str:
    """Draw a scene in characters, two columns to a cell; in ASCII where the encoding has no blocks."""
    shades = _SHADES if _fits("".join(_SHADES), encoding) else _ASCII_SHADES
    width = max(map(columns, scene.query_labels))
    lines = [", ".join(filter(None, [scene.title, scene.facts]))]
    lines += [" " * (width + 2) + line for line in _header(scene.key_labels)]
    for label, row in zip(scene.query_labels, scene.cells, strict=True):
        cells = "".join(shades[_shade(share)] for share in row)
        lines.append(label + " " * (width - columns(label) + 2) + cells)
    return "\n".join(line.rstrip() for line in lines)


def _fits(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "utf-8")  # a string in memory has no encoding
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def columns(text: str) -> int:
    """Count the columns that a terminal needs for a text."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _shade(share: float) -> int:
    """Give the first shade for nothing alone, the last for everything alone."""
    if share in (0, 1):
        return 4 * int(share)
    return int(np.clip(1 + 3 * share, 1, 3))


def _header(labels: tuple[str, ...]) -> list[str]:
    """Give the labels above the cells: across if they are single characters, else downwards."""
    if max(map(len, labels)) == 1:
        return ["".join(label + " " * (2 - columns(label)) for label in labels)]
    height = max(map(len, labels))
    standing = [label.rjust(height) for label in labels]
    rows = ("".join(_cell(label[i]) for label in standing) for i in range(height))
    return list(rows)


def _cell(character: str) -> str:
    return character + " " * (2 - columns(character))
