"""Now one objective, now another."""

from collections.abc import Mapping, Sequence

import numpy as np

from maskplay._number import checked_number
from maskplay.writing.objectives.objective import Objective, checked_objective
from maskplay.writing.row import Encoded, Marks, Row


class Mixture(Objective):
    """Takes one of several objectives for each example, by chance.

    Args:
        weights: how often each, in relation to the others; above 0.

    Raises:
        TypeError: Something is no objective, or its weight no number.
        ValueError: There are none, or a weight is not above 0 and finite.

    >>> from maskplay.writing.objectives import LanguageModel, MaskedLM
    >>> Mixture({LanguageModel(): 1, MaskedLM(): 3}).parts()[0][1]
    0.25
    """

    def __init__(self, weights: Mapping[Objective, float]) -> None:
        if not weights:
            raise ValueError("A mixture needs at least one objective and its weight. Received: none")
        checked = {objective: _weight(objective, weight) for objective, weight in weights.items()}
        largest = max(checked.values())  # the sum of all may be infinite
        total = sum(weight / largest for weight in checked.values())
        self._parts = [(objective, weight / largest / total) for objective, weight in checked.items()]

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


def _weight(objective: Objective, weight: float) -> float:
    name = f"The weight of {checked_objective(objective)!r}"
    found = checked_number(name, weight, float)
    if found <= 0:
        raise ValueError(f"{name} must be above 0; leave out what shall not be learned. Received: {weight}")
    return found
