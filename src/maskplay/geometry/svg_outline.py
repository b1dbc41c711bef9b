"""Outlines from SVG files."""

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from maskplay.geometry.closed import closed
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.outline import Outline
from maskplay.geometry.svg_path import svg_path

_LARGEST = 10_000_000  # bytes
_TRANSFORM = re.compile(r"\s*,?\s*(\w+)\s*\(([^)]*)\)")


def svg_outline(path: str | os.PathLike[str]) -> Outline:
    """Read the outline of a sheet from an SVG file that holds one shape.

    The shape is a path, circle, ellipse, rect or polygon, in user units; transforms are applied.

    Args:
        path: the file.

    Raises:
        GluingError: if it is no SVG, holds no shape or several, or the shape is no convex closed curve.
        OSError: if it cannot be read.
    """
    file = Path(path)
    data = file.read_bytes()
    if len(data) > _LARGEST or b"<!ENTITY" in data:
        raise GluingError(f"{file.name}: an SVG of at most 10 MB without entities was expected.")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise GluingError(f"{file.name} is no well-formed SVG: {error}.") from None
    found = list(_shapes(root, np.eye(2), file.name))
    if len(found) != 1:
        raise GluingError(
            f"{file.name} must hold one shape (path, circle, ellipse, rect or polygon). It holds {len(found)}."
        )
    text, matrix = found[0]
    upright = np.diag([1.0, -1.0]) @ matrix  # y points downwards in SVG
    return closed(svg_path(text, file.name, upright), file.name)


def _shapes(
    element: ElementTree.Element, outer: NDArray[np.float64], name: str
) -> list[tuple[str, NDArray[np.float64]]]:
    """List the shapes that are drawn, as paths with the linear part of their transforms."""
    kind = element.tag.rpartition("}")[2]
    if kind in {"defs", "clipPath", "mask", "symbol", "marker", "pattern"}:
        return []
    matrix = outer @ _matrix(element.get("transform", ""), name)
    text = _as_path(kind, element, name)
    found = [] if text is None else [(text, matrix)]
    return found + [shape for child in element for shape in _shapes(child, matrix, name)]


def _as_path(kind: str, element: ElementTree.Element, name: str) -> str | None:
    """Write a shape in the path notation; None if the element is none."""

    def size(key: str) -> float:
        try:
            return float(element.get(key, "0").removesuffix("px"))
        except ValueError:
            raise GluingError(f"{name}: {key} must be a number. Received: {element.get(key)!r}") from None

    if kind == "path":
        return element.get("d", "")
    if kind == "polygon":
        return f"M {element.get('points', '')} Z"
    if kind in ("circle", "ellipse"):
        rx, ry = (size("r"), size("r")) if kind == "circle" else (size("rx"), size("ry"))
        return f"M {-rx} 0 A {rx} {ry} 0 0 1 {rx} 0 A {rx} {ry} 0 0 1 {-rx} 0 Z"
    if kind == "rect":
        w, h = size("width"), size("height")
        given = {key: size(key) for key in ("rx", "ry") if element.get(key) is not None}
        rx = min(given.get("rx", given.get("ry", 0.0)), w / 2)
        ry = min(given.get("ry", given.get("rx", 0.0)), h / 2)
        corners = ((rx, ry), (-rx, ry), (-rx, -ry), (rx, -ry))
        sides = (f"h {w - 2 * rx}", f"v {h - 2 * ry}", f"h {2 * rx - w}", f"v {2 * ry - h}")
        arcs = [f"a {rx} {ry} 0 0 1 {x} {y}" for x, y in (corners[0], corners[1], corners[2], corners[3])]
        return f"M {rx} 0 " + " ".join(f"{side} {arc}" for side, arc in zip(sides, arcs, strict=True)) + " Z"
    return None


def _matrix(text: str, name: str) -> NDArray[np.float64]:
    """Read the linear part `(2, 2)` of a transform: where a shape is does not matter, how it is stretched does."""
    matrix, at = np.eye(2), 0
    while text[at:].strip():
        found = _TRANSFORM.match(text, at)
        if found is None:
            raise GluingError(f"{name}: this transform cannot be read: {text!r}")
        kind, at = found.group(1), found.end()
        try:
            numbers = [float(number) for number in found.group(2).replace(",", " ").split()]
            matrix = matrix @ _one_matrix(kind, numbers)
        except (ValueError, IndexError, KeyError):
            raise GluingError(f"{name}: this transform cannot be read: {text!r}") from None
    return matrix


def _one_matrix(kind: str, numbers: list[float]) -> NDArray[np.float64]:
    if kind == "matrix":
        a, b, c, d, _, _ = numbers
        return np.array([[a, c], [b, d]])
    if kind == "scale":
        return np.diag([numbers[0], numbers[-1]])
    angle = np.radians(numbers[0])
    return {
        "translate": np.eye(2),
        "rotate": np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]),
        "skewX": np.array([[1, np.tan(angle)], [0, 1]]),
        "skewY": np.array([[1, 0], [np.tan(angle), 1]]),
    }[kind]
