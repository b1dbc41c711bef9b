"""A picture in a file."""

from os import PathLike
from pathlib import Path

from maskplay._files import write_whole
from maskplay.masks.drawing.scene import Scene
from maskplay.masks.drawing.svg import svg_drawing


def save(scene: Scene, path: str | PathLike[str], theme: str = "auto") -> None:
    """Write a picture to a file.

    Raises:
        ValueError: The name ends neither in .svg nor in .png, or there is no such theme.
        ImportError: A PNG needs matplotlib.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind == ".svg":
        content = svg_drawing(scene, theme).encode("utf-8")
    elif kind == ".png":
        from maskplay.masks.drawing.png import png_drawing

        content = png_drawing(scene, theme)
    else:
        raise ValueError(f"A picture's name must end in .svg or .png. Received: {path}")
    write_whole(path, content)
