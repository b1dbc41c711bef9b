"""Flat patterns to cut sheets by."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.outline import Outline
from maskplay.geometry.tabulated import Floats

PATTERN_FORMATS = ("svg", "pdf")
_POINTS = 2000  # on an edge, besides its corners
_TICK = 0.02  # length of a mark, and half the height of its number, as a share of the sheet's size


@dataclass(frozen=True)
class Mark:
    """A mark at an edge: it meets the one with the same number.

    Attributes:
        number: from 1 on.
        at: on the edge, `(2,)`.
        inward: unit vector, `(2,)`.
    """

    number: int
    at: Floats
    inward: Floats


@dataclass(frozen=True)
class PatternSheet:
    """One sheet, seen from what becomes the outside of the solid.

    Attributes:
        name: of its outline.
        edge: the closed line to cut along, `(n, 2)`.
        marks: along the edge.
        rulings: lines that stay straight when the sheet is bent, `(m, 2, 2)`; may be none.
    """

    name: str
    edge: Floats
    marks: tuple[Mark, ...]
    rulings: Floats

    @property
    def size(self) -> Floats:
        """Extents along x and y, `(2,)`."""
        return np.asarray(np.ptp(self.edge, axis=0))


@dataclass(frozen=True)
class Pattern:
    """Two sheets to cut; their edges are glued mark to mark, outsides out. Lengths are millimetres.

    Attributes:
        sheets: the two.
    """

    sheets: tuple[PatternSheet, PatternSheet]

    @classmethod
    def of(
        cls,
        outlines: tuple[Outline, Outline],
        starts: tuple[float, float],
        rulings: tuple[Floats, Floats],
        marks: int,
    ) -> "Pattern":
        """Lay out two sheets.

        Args:
            outlines: of the sheets.
            starts: arc lengths on each, at which the two are glued to each other. From there the first one is walked
                anticlockwise and the second one clockwise.
            rulings: `(m, 2)` each: arc lengths from the start, of the ends of each line.
            marks: how many, evenly along the seam.

        Raises:
            GluingError: if there are fewer than 3 marks.
        """
        if marks < 3:
            raise GluingError(f"A pattern needs at least 3 marks. Received: {marks}")
        first, second = (
            _sheet(outlines[i], starts[i], (1, -1)[i], np.asarray(rulings[i], float), marks) for i in (0, 1)
        )
        return cls((first, second))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the pattern at its true size; an existing file is replaced in one step.

        Args:
            path: ends with .svg or .pdf.

        Raises:
            GluingError: if it ends otherwise.
            ImportError: for PDF, if matplotlib is not installed.
        """
        from maskplay.geometry.write import write

        target = Path(path)
        kind = target.suffix.lower()
        if kind == ".svg":
            from maskplay.geometry.pattern_svg import pattern_svg

            return write(target, pattern_svg(self))
        if kind == ".pdf":
            from maskplay.geometry.pattern_pdf import pattern_pdf

            return write(target, pattern_pdf(self))
        raise GluingError(f"A pattern is written as .svg or .pdf. Received: {target.name}")


@dataclass(frozen=True)
class Page:
    """Where everything of a pattern is on one page, in millimetres; y points upwards.

    Attributes:
        width: of the page.
        height: of the page.
        origins: what is added to the coordinates of each sheet.
        tick: the length of a mark.
        bar: the length of the scale bar.
        margin: around all.
    """

    width: float
    height: float
    origins: tuple[Floats, Floats]
    tick: float
    bar: float
    margin: float

    @classmethod
    def of(cls, pattern: Pattern) -> "Page":
        """Put the second sheet below the first one, and a scale bar below both."""
        sizes = [sheet.size for sheet in pattern.sheets]
        largest = float(max(size.max() for size in sizes))
        margin = 0.06 * largest
        lows = [sheet.edge.min(axis=0) for sheet in pattern.sheets]
        floor = 2 * margin
        second = np.array([margin, floor]) - lows[1]
        first = np.array([margin, floor + sizes[1][1] + margin]) - lows[0]
        height = floor + sizes[1][1] + sizes[0][1] + 2 * margin
        width = max(size[0] for size in sizes) + 2 * margin
        power = 10.0 ** np.floor(np.log10(largest / 3))
        bar = power * max(step for step in (1, 2, 5) if step * power <= largest / 3)
        return cls(float(width), float(height), (first, second), _TICK * largest, float(bar), margin)


def _sheet(outline: Outline, start: float, sense: int, rulings: Floats, marks: int) -> PatternSheet:
    """Draw one sheet with its longer side along x."""
    long = outline.perimeter
    breaks = np.mod(sense * (outline.breaks - start), long)
    s = np.unique(np.concatenate([np.linspace(0, long, _POINTS, endpoint=False), breaks]))
    s = s[np.append(True, np.diff(s) > 1e-9 * long)]  # nothing is drawn twice
    edge = outline.point(start + sense * s)
    marked = np.arange(marks) * (long / marks)
    at = outline.point(start + sense * marked)
    hair = 1e-6 * long
    beside = [outline.point(start + sense * (marked + step)) for step in (-hair, hair)]
    along = beside[1] - beside[0]
    inward = sense * np.stack([-along[:, 1], along[:, 0]], axis=1)
    inward /= np.linalg.norm(inward, axis=1, keepdims=True)
    lines = outline.point(start + sense * rulings) if rulings.size else np.zeros((0, 2, 2))
    turn = np.eye(2) if np.ptp(edge[:, 0]) >= np.ptp(edge[:, 1]) else np.array([[0.0, 1.0], [-1.0, 0.0]])
    return PatternSheet(
        outline.name,
        edge @ turn,
        tuple(Mark(k + 1, at[k] @ turn, inward[k] @ turn) for k in range(marks)),
        lines @ turn,
    )
