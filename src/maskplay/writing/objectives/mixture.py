"""Now one objective, now another."""

from collections.abc import Mapping, Sequence

import numpy as np

from maskplay.writing.objectives.objective import Objective
from maskplay.writing.row import Encoded, Marks, Row


class Mixture(Objective):
    """Takes one of several objectives for each example, by chance.

    Args:
        weights: how often each, in relation to the others.

    >>> from maskplay.writing.objectives import LanguageModel, MaskedLM
    >>> Mixture({LanguageModel(): 1, MaskedLM(): 3}).parts()[0][1]
    0.25
    """

    def __init__(self, weights: Mapping[Objective, float]) -> None:
        total = float(sum(weights.values()))
        if not weights or min(weights.values()) < 0 or total <= 0:
            raise ValueError(f"A mixture needs weights of at least 0, some above. Received: {dict(weights)}")
        self._parts = [(objective, weight / total) for objective, weight in weights.items() if weight]

    @property
    def words(self) -> bool:  # type: ignore[override]
        """Whether one of them asks for words."""
        return any(objective.words for objective, _ in self._parts)

    def parts(self) -> Sequence[tuple[Objective, float]]:
        """Give the objectives with weights that add up to 1."""
        return self._parts

    def length(self, example: Encoded) -> int:
        """The longest row that may be made."""
        return max(objective.length(example) for objective, _ in self._parts)

    def row(self, example: Encoded, marks: Marks, rng: np.random.Generator) -> Row:
        """Make the row of one of them."""
        chosen = rng.choice(len(self._parts), p=[weight for _, weight in self._parts])
        return self._parts[chosen][0].row(example, marks, rng)

    def __repr__(self) -> str:
        return f"Mixture({dict(self._parts)})"
