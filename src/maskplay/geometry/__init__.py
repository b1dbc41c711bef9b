"""Two plane sheets, glued edge to edge to a solid.

NumPy and SciPy only. Lengths have no unit until a pattern is written: then they are millimetres.
"""

from maskplay.geometry.convex_body import convex_body
from maskplay.geometry.criterion import Criterion
from maskplay.geometry.curve import Curve
from maskplay.geometry.dform import DForm, dform
from maskplay.geometry.ellipse import ellipse
from maskplay.geometry.glue import glue
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.mesh import FlatSheet, Mesh
from maskplay.geometry.nearest import Nearest, nearest
from maskplay.geometry.outline import Outline
from maskplay.geometry.page import PageFrame, save_page
from maskplay.geometry.pattern import Mark, Pattern, PatternSheet
from maskplay.geometry.picture import picture, save_picture
from maskplay.geometry.read_points import read_points
from maskplay.geometry.shape import SHAPES, shape
from maskplay.geometry.solid import Solid
from maskplay.geometry.spline import polygon, spline
from maskplay.geometry.stadium import rectangle, stadium
from maskplay.geometry.superellipse import superellipse
from maskplay.geometry.svg_outline import svg_outline

__all__ = [
    "SHAPES",
    "Criterion",
    "Curve",
    "DForm",
    "FlatSheet",
    "GluingError",
    "Mark",
    "Mesh",
    "Nearest",
    "Outline",
    "PageFrame",
    "Pattern",
    "PatternSheet",
    "Solid",
    "convex_body",
    "dform",
    "ellipse",
    "glue",
    "nearest",
    "picture",
    "polygon",
    "read_points",
    "rectangle",
    "save_page",
    "save_picture",
    "shape",
    "spline",
    "stadium",
    "superellipse",
    "svg_outline",
]
