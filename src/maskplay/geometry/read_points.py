"""Points from text files."""

import os
from pathlib import Path

import numpy as np

from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.tabulated import Floats

_LARGEST = 10_000_000  # bytes


def read_points(path: str | os.PathLike[str]) -> Floats:
    """Read points from a text file: two numbers on each line, separated by a comma, semicolon, tab or blank.

    Lines that are empty or begin with # are left out, and so is a first line of names.

    Args:
        path: the file.

    Returns:
        `(n, 2)`.

    Raises:
        GluingError: if a line is otherwise; its number and text.
        OSError: if the file cannot be read.
    """
    file = Path(path)
    if file.stat().st_size > _LARGEST:
        raise GluingError(f"{file.name}: a list of points of at most 10 MB was expected.")
    points: list[tuple[float, float]] = []
    for number, line in enumerate(file.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        words = line.replace(",", " ").replace(";", " ").split()
        if not words or words[0].startswith("#"):
            continue
        try:
            x, y = map(float, words)
        except ValueError:
            if not points and number == 1:
                continue
            raise GluingError(
                f"{file.name}, line {number}: two numbers were expected. Received: {line[:40]!r}"
            ) from None
        points.append((x, y))
    return np.array(points, float).reshape(-1, 2)
