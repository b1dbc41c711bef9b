"""Always the most probable token."""

from dataclasses import dataclass
from typing import Any, ClassVar

from maskplay.decoding.samplers.sampler import Sampler


@dataclass(frozen=True)
class Greedy(Sampler):
    """Takes the most probable token; of equal ones the first.

    >>> int(Greedy().choose([-2.0, -0.3, -2.0]))
    1
    """

    draws: ClassVar[bool] = False

    def weigh(self, log_probabilities: Any) -> Any:
        """Give what it was given."""
        return log_probabilities
