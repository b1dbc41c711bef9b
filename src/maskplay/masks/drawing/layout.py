"""Where everything stands in a picture, in pixels."""

from dataclasses import dataclass

from maskplay.masks.drawing.scene import Scene
from maskplay.masks.drawing.terminal import columns

FONT = 13  # pixels
_COLUMN = 0.6 * FONT  # of a character of one column
_MARGIN = 14


@dataclass(frozen=True)
class Layout:
    """The measures of a picture.

    Attributes:
        left: where the cells begin.
        top: where the cells begin.
        cell: from one cell to the next.
        gap: between two cells.
        width: of the picture.
        height: of the picture.
        title: baseline of the title; None for no title.
        facts: baseline of the line below.
        standing: whether the labels of keys stand upright.
        every: each how many cells there is a label.
    """

    left: float
    top: float
    cell: float
    gap: float
    width: float
    height: float
    title: float | None
    facts: float
    standing: bool
    every: int

    def x(self, column: int) -> float:
        """The left side of a cell."""
        return self.left + column * self.cell

    def y(self, row: int) -> float:
        """The upper side of a cell."""
        return self.top + row * self.cell


def layout(scene: Scene) -> Layout:
    """Find the measures of a picture."""
    rows, keys = scene.cells.shape
    # Whole pixels: between fractions of them, hairlines would show.
    cell = float(max(4, min(24, 960 // max(rows, keys))))
    widest_key = max(columns(label) for label in scene.key_labels) * _COLUMN
    standing = widest_key > cell - 2
    head = widest_key if standing else FONT
    title = _MARGIN + FONT if scene.title else None
    facts = (title or _MARGIN - 4) + FONT + 5
    left = 2 * _MARGIN + FONT + max(columns(label) for label in scene.query_labels) * _COLUMN
    top = facts + 14 + FONT + head + 6
    words = max(columns(scene.title) * 0.62 * (FONT + 2), columns(scene.facts) * 0.6 * (FONT - 2))
    return Layout(
        left=round(left, 1),
        top=round(top, 1),
        cell=cell,
        gap=2.0 if cell >= 12 else 1.0 if cell >= 8 else 0.0,
        width=round(max(left + keys * cell, _MARGIN + words) + _MARGIN),
        height=round(top + rows * cell + _MARGIN),
        title=title,
        facts=facts,
        standing=standing,
        every=max(1, -(-FONT // int(cell))),
    )
