"""Types that all files of the room share."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[Any]
"""Floats `(size,)`."""

Floats = NDArray[np.float64]

Product = Callable[[Vector], Vector]
"""A symmetric matrix, known by what it makes of vectors `(size,)`."""
