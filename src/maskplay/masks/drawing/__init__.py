"""Pictures of attention masks: in the terminal, as SVG, as PNG."""

from maskplay.masks.drawing.save import save
from maskplay.masks.drawing.scene import PICTURE, TERMINAL, Scene, scene
from maskplay.masks.drawing.svg import svg_drawing
from maskplay.masks.drawing.terminal import terminal_drawing

__all__ = ["PICTURE", "TERMINAL", "Scene", "save", "scene", "svg_drawing", "terminal_drawing"]
