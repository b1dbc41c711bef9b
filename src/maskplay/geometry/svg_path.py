"""The path notation of SVG."""

import math
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.parametric import Path
from maskplay.geometry.tabulated import Floats

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_FLAG = re.compile("[01]")  # of an arc; two may stand together, as in "0 01"
_BLANKS = re.compile(r"[\s,]*")
_ROUNDING = 1e-9  # share of the size that a closing line must have to be one
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}

Points = NDArray[np.complex128]


class Segment(NamedTuple):
    """A smooth part of a path, over parameters from 0 to 1; points are complex numbers x + iy."""

    point: Callable[[Any], Any]
    velocity: Callable[[Any], Any]


def svg_path(text: str, name: str, transform: NDArray[np.float64] | None = None) -> Path:
    """Read one curve in the path notation of SVG, with all of its commands.

    Args:
        text: what stands in `d`.
        name: what errors call it.
        transform: `(2, 2)`, applied to the points.

    Raises:
        GluingError: if the text is no path, or more than one curve.
    """
    segments = list(_segments(text, name))
    if not segments:
        raise GluingError(f"{name}: the path draws nothing.")
    matrix = np.eye(2) if transform is None else transform

    def along(what: str) -> Callable[[Floats], Floats]:
        def evaluate(t: Floats) -> Floats:
            number = np.clip(np.floor(t).astype(int), 0, len(segments) - 1)
            found = np.zeros(len(t), complex)
            for one in np.unique(number):
                chosen = number == one
                found[chosen] = getattr(segments[one], what)(t[chosen] - one)
            return np.stack([found.real, found.imag], axis=1) @ matrix.T

        return evaluate

    return Path(along("point"), along("velocity"), np.arange(len(segments) + 1.0))


def _commands(text: str, name: str) -> Iterator[tuple[str, list[float]]]:
    """Give commands with their numbers, each repetition for itself."""
    at, letter = _blanks(text, 0), ""
    while at < len(text):
        if text[at].upper() in _COUNTS:
            letter, at = text[at], at + 1
        elif letter in "zZ":  # nothing may follow but another command
            raise GluingError(
                f"{name}: a path's command was expected at character {at + 1}: {text[at : at + 9]!r}"
            )
        numbers: list[float] = []
        for index in range(_COUNTS[letter.upper()]):
            at = _blanks(text, at)
            found = (_FLAG if letter in "aA" and index in (3, 4) else _NUMBER).match(text, at)
            if found is None:
                rest = repr(text[at : at + 9]) if at < len(text) else "the end"
                raise GluingError(f"{name}: a number was expected at character {at + 1} of the path: {rest}")
            numbers.append(float(found.group()))
            if not math.isfinite(numbers[-1]):
                raise GluingError(f"{name} has coordinates that are no finite numbers: {found.group()}")
            at = found.end()
        yield letter, numbers
        letter = {"M": "L", "m": "l"}.get(letter, letter)
        at = _blanks(text, at)


def _blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _segments(text: str, name: str) -> Iterator[Segment]:
    """Give what a path draws, without parts of no length."""
    here = start = control = 0j
    before, drawn, closed, reach = "", False, False, 0.0
    for letter, numbers in _commands(text, name):
        kind, origin = letter.upper(), here if letter.islower() else 0j
        if not before and kind != "M":
            raise GluingError(f"{name}: a path begins with M. Received: {letter}")
        if (kind == "M" and drawn) or (closed and kind != "Z"):
            raise GluingError(f"{name}: the path has more than one curve; a sheet has one edge.")
        ends = [complex(x, y) + origin for x, y in zip(numbers[::2], numbers[1::2], strict=False)]
        reflected = 2 * here - control if before in {"S": "CS", "T": "QT"}.get(kind, "") and before else here
        segment: Segment | None = None
        if kind == "M":
            here = start = ends[0]
        elif kind in "LHVZ":
            end = start if kind == "Z" else _line_end(kind, numbers, here, origin)
            back = kind == "Z" and abs(end - here) <= _ROUNDING * reach
            segment, here = None if back else _bezier(here, end), end
        elif kind == "A":
            end = complex(numbers[5], numbers[6]) + origin
            segment, here = _arc(here, end, numbers), end
        else:
            inner = {"C": ends[:2], "S": [reflected, ends[0]], "Q": ends[:1], "T": [reflected]}[kind]
            segment, control, here = _bezier(here, *inner, ends[-1]), inner[-1], ends[-1]
        reach = max(reach, abs(here - start))
        before, closed = kind, kind == "Z"
        if segment is not None:
            drawn = True
            yield segment


def _line_end(kind: str, numbers: list[float], here: complex, origin: complex) -> complex:
    if kind == "H":
        return complex(numbers[0] + origin.real, here.imag)
    if kind == "V":
        return complex(here.real, numbers[0] + origin.imag)
    return complex(numbers[0], numbers[1]) + origin


def _bezier(*points: complex) -> Segment | None:
    """Make a Bézier curve of any degree; None if it is a point."""
    if all(point == points[0] for point in points):
        return None
    steps = [len(points[1:]) * (end - start) for start, end in pairwise(points)]
    return Segment(lambda t: _blend(points, t), lambda t: _blend(steps, t))


def _blend(points: Any, t: Any) -> Any:
    """De Casteljau's scheme."""
    values = [point + 0 * t for point in points]
    while len(values) > 1:
        values = [(1 - t) * a + t * b for a, b in pairwise(values)]
    return values[0]


def _arc(start: complex, end: complex, numbers: list[float]) -> Segment | None:
    """Make an elliptical arc from its ends, as SVG's notes on implementation have it."""
    radii, turn = (abs(numbers[0]), abs(numbers[1])), np.exp(1j * np.radians(numbers[2]))
    if start == end:
        return None
    if not all(radii):
        return _bezier(start, end)
    half = (start - end) / 2 / turn
    unit = complex(half.real / radii[0], half.imag / radii[1])  # the ellipse becomes a circle
    size = max(1.0, abs(unit))  # radii that are too small are enlarged
    unit /= size
    side = -1 if numbers[3] == numbers[4] else 1
    middle = side * np.sqrt(max(0.0, 1 / abs(unit) ** 2 - 1)) * -1j * unit
    first, last = np.angle(unit - middle), np.angle(-unit - middle)
    swept = (last - first) % (2 * np.pi) - (0 if numbers[4] else 2 * np.pi)

    def bent(value: Any) -> Any:
        return turn * size * (radii[0] * value.real + 1j * radii[1] * value.imag)

    centre = (start + end) / 2 + bent(middle)
    return Segment(
        lambda t: centre + bent(np.exp(1j * (first + swept * t))),
        lambda t: bent(1j * swept * np.exp(1j * (first + swept * t))),
    )
