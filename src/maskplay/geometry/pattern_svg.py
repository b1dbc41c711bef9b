"""Patterns as SVG."""

from xml.etree import ElementTree

import numpy as np

from maskplay.geometry.pattern import Page, Pattern
from maskplay.geometry.tabulated import Floats

_SVG = "http://www.w3.org/2000/svg"


def pattern_svg(pattern: Pattern) -> str:
    """Draw a pattern at its true size, in three layers: `cut`, `marks` and `rulings`.

    Args:
        pattern: in millimetres.
    """
    page = Page.of(pattern)
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": _SVG,
            "width": f"{page.width:.6g}mm",
            "height": f"{page.height:.6g}mm",
            "viewBox": f"0 0 {page.width:.9g} {page.height:.9g}",
        },
    )
    hair = page.tick / 20
    style = {"fill": "none", "stroke-width": f"{hair:.4g}", "stroke-linejoin": "round"}
    text = {"font-family": "sans-serif", "font-size": f"{2 * page.tick:.4g}", "text-anchor": "middle"}
    rulings = ElementTree.SubElement(
        root, "g", {"id": "rulings", **style, "stroke": "#7aa6c2", "stroke-dasharray": f"{page.tick:.4g}"}
    )
    marks = ElementTree.SubElement(root, "g", {"id": "marks", **style, "stroke": "#444444"})
    labels = ElementTree.SubElement(root, "g", {"id": "labels", **text, "fill": "#444444"})
    cut = ElementTree.SubElement(root, "g", {"id": "cut", **style, "stroke": "#d62728"})
    for letter, sheet, origin in zip("AB", pattern.sheets, page.origins, strict=True):

        def place(points: Floats, origin: Floats = origin) -> Floats:
            return np.asarray([0, page.height] + (points + origin) * [1, -1])

        _line(cut, place(sheet.edge), closed=True)
        for ruling in sheet.rulings:
            _line(rulings, place(ruling))
        for mark in sheet.marks:
            _line(marks, place(np.stack([mark.at, mark.at + page.tick * mark.inward])))
            _label(labels, place(mark.at + 2.5 * page.tick * mark.inward), str(mark.number))
        _label(labels, place(sheet.edge.mean(axis=0)), f"{letter}: {sheet.name}, outside")
    left, low = page.margin, page.height - page.margin
    _line(marks, np.array([[left, low], [left + page.bar, low]]))
    _label(labels, np.array([left + page.bar / 2, low - page.tick]), f"{page.bar:g} mm")
    return ElementTree.tostring(root, encoding="unicode")


def _line(parent: ElementTree.Element, points: Floats, *, closed: bool = False) -> None:
    text = "L".join(f"{x:.7g} {y:.7g}" for x, y in points)
    ElementTree.SubElement(parent, "path", {"d": f"M{text}" + ("Z" if closed else "")})


def _label(parent: ElementTree.Element, at: Floats, text: str) -> None:
    label = ElementTree.SubElement(
        parent, "text", {"x": f"{at[0]:.5g}", "y": f"{at[1]:.5g}", "dominant-baseline": "central"}
    )
    label.text = text
