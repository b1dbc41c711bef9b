"""What names a file."""

from pathlib import Path
from typing import Any


def checked_path(value: Any, name: str = "path") -> Path:
    """Give a path as a `Path`.

    Raises:
        TypeError: if it is none, for instance None or a list of paths.
    """
    try:
        return Path(value)
    except TypeError:
        raise TypeError(
            f"`{name}` must name one file, by a string or a pathlib.Path. Received: {value!r:.80}"
        ) from None
