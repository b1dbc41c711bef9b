"""Outlines by their names."""

import shlex
from collections.abc import Callable

from maskplay.geometry.ellipse import ellipse
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.outline import Outline
from maskplay.geometry.read_points import read_points
from maskplay.geometry.spline import polygon, spline
from maskplay.geometry.stadium import rectangle, stadium
from maskplay.geometry.superellipse import superellipse
from maskplay.geometry.svg_outline import svg_outline

_BY_SIZES: dict[str, tuple[Callable[..., Outline], tuple[int, ...], str]] = {
    "circle": (lambda radius: ellipse(radius, radius), (1,), "circle RADIUS"),
    "ellipse": (ellipse, (2,), "ellipse A B"),
    "superellipse": (superellipse, (3,), "superellipse A B EXPONENT"),
    "stadium": (stadium, (2,), "stadium A B"),
    "rectangle": (rectangle, (2, 3), "rectangle A B [RADIUS]"),
}
_BY_FILE: dict[str, tuple[Callable[[str], Outline], str]] = {
    "svg": (svg_outline, "svg FILE"),
    "spline": (lambda file: spline(read_points(file), name=file), "spline FILE"),
    "polygon": (lambda file: polygon(read_points(file), name=file), "polygon FILE"),
}
SHAPES = (*(usage for *_, usage in _BY_SIZES.values()), *(usage for _, usage in _BY_FILE.values()))
"""How each shape is written."""


def shape(words: str) -> Outline:
    """Make an outline from its name and sizes, or from a file.

    Args:
        words: one of `SHAPES`, quoted as in a shell where a file's name has blanks.

    Raises:
        GluingError: if they are none of these, or the outline is at fault.
        OSError: if the file cannot be read.

    >>> shape("rectangle 2 1").perimeter
    12.0
    """
    try:
        name, *rest = shlex.split(words)
    except ValueError:
        raise GluingError(_usage(words)) from None
    if name in _BY_FILE and len(rest) == 1:
        return _BY_FILE[name][0](rest[0])
    if name not in _BY_SIZES or len(rest) not in _BY_SIZES[name][1]:
        raise GluingError(_usage(words))
    try:
        sizes = [float(word) for word in rest]
    except ValueError:
        raise GluingError(_usage(words)) from None
    return _BY_SIZES[name][0](*sizes)


def _usage(words: str) -> str:
    return f"A shape is one of: {'; '.join(SHAPES)}. Received: {words!r}"
