"""The base of all objectives."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from maskplay.writing.row import Encoded, Marks, Row


class Objective:
    """Makes rows of examples: which tokens, who sees whom, what is to be said.

    Attributes:
        words: whether it asks for the words that tokens are in.
    """

    words: ClassVar[bool] = False

    def length(self, example: Encoded) -> int:
        """Give the positions of the row, before it is made: rows are packed by that."""
        raise NotImplementedError(f"{type(self).__name__} must override length.")

    def row(self, example: Encoded, marks: Marks, rng: np.random.Generator) -> Row:
        """Make the row of an example."""
        raise NotImplementedError(f"{type(self).__name__} must override row.")

    def parts(self) -> "Sequence[tuple[Objective, float]]":
        """Give what it is a mixture of, with weights; of itself alone."""
        return [(self, 1.0)]


def checked_objective(given: Any) -> Objective:
    """Require an objective.

    Raises:
        TypeError: It is something else, such as the name of one.
    """
    if not isinstance(given, Objective):
        raise TypeError(
            "An objective must be one, such as LanguageModel(); objective_named knows their names. Received: "
            f"{given!r:.60}"
        )
    return given
