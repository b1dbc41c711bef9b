"""Draws from all tokens."""

from dataclasses import dataclass
from typing import Any

from maskplay.decoding.samplers.sampler import Sampler, checked_temperature, tempered


@dataclass(frozen=True)
class Temperature(Sampler):
    """Draws by probabilities to the power of 1 / temperature.

    Args:
        temperature: 1 draws as the network says; below, the probable becomes more so, down to what `Greedy` takes.

    Raises:
        TypeError: It is no number.
        ValueError: It is not above 0, or not finite.

    >>> Temperature(0.5).weigh([-1.0, -2.0]).tolist()
    [0.0, -2.0]
    """

    temperature: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "temperature", checked_temperature(self.temperature))

    def weigh(self, log_probabilities: Any) -> Any:
        """Divide by the temperature, the largest becoming 0."""
        return tempered(log_probabilities, self.temperature)
