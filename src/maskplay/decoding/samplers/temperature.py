"""Draws from all tokens."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from maskplay.decoding.samplers.sampler import Sampler, checked_temperature


@dataclass(frozen=True)
class Temperature(Sampler):
    """Draws by probabilities to the power of 1 / temperature.

    Args:
        temperature: 1 draws as the network says; below, the probable becomes more so.

    >>> from keras import ops
    >>> Temperature(0.5).weigh(ops.array([-1.0, -2.0])).tolist()
    [-2.0, -4.0]
    """

    temperature: float = 1.0

    def __post_init__(self) -> None:
        checked_temperature(self.temperature)

    def weigh(self, log_probabilities: Any) -> Any:
        """Divide by the temperature."""
        return ops.divide(log_probabilities, self.temperature)
