"""What `dependencies` finds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.masks.audit._drawing import draw


@dataclass(frozen=True, eq=False)
class DependencyMap:
    """Which input position moves which output position, and how much.

    Attributes:
        rows: `(rows, output length, input length)` floats: for each row of the outputs, the largest relative change
            of an output position when an input position was changed, 0 to 2 (by Jacobian: the relative derivative).
        kept: `(batch, input length)`: the input positions that hold no padding; only they were changed.
        tolerance: What counts as a change.
        noise: What may be rounding: below it there is surely no influence, above `tolerance` surely one.
        method: "perturbation" or "jacobian".
        apart: Whether the rows of a batch do not touch each other.
        calls: How often the model was called.
    """

    rows: np.ndarray
    kept: np.ndarray
    tolerance: float
    noise: float
    method: str
    apart: bool
    calls: int

    @property
    def strength(self) -> np.ndarray:
        """The largest of all rows: `(output length, input length)`."""
        return self.rows.max(axis=0)

    @property
    def matrix(self) -> np.ndarray:
        """Who depends on whom in any row: booleans `(output length, input length)`."""
        return self.strength > self.tolerance

    def draw(self) -> str:
        """Draw the matrix: a row for each output position, a column for each input position."""
        return draw(np.where(self.matrix, "■", "·"))

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the single rows as JSON-able values."""
        return {
            "matrix": self.matrix.tolist(),
            "strength": self.strength.tolist(),
            "tolerance": self.tolerance,
            "noise": self.noise,
            "method": self.method,
            "apart": self.apart,
            "calls": self.calls,
        }
