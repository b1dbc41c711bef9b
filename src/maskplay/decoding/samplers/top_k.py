"""Draws from the most probable tokens, so many."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from maskplay._number import checked_number
from maskplay.decoding.samplers.sampler import Sampler, checked_temperature, tempered


@dataclass(frozen=True)
class TopK(Sampler):
    """Draws from the k most probable tokens (Fan et al. 2018), and those as probable as the last of them.

    Args:
        k: how many.
        temperature: see `Temperature`.

    Raises:
        TypeError: k is no whole number, or the temperature no number.
        ValueError: k is not at least 1, or the temperature not above 0.

    >>> TopK(2).weigh([-3.0, -1.0, -2.0]).tolist()
    [-inf, 0.0, -1.0]
    """

    k: int
    temperature: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "temperature", checked_temperature(self.temperature))
        object.__setattr__(self, "k", checked_number("k", self.k, int, 1))

    def weigh(self, log_probabilities: Any) -> Any:
        """Leave the k largest, divided by the temperature."""
        x = ops.convert_to_tensor(log_probabilities)
        least = ops.top_k(x, min(self.k, x.shape[-1]))[0][..., -1:]
        return ops.where(x >= least, tempered(x, self.temperature), float("-inf"))
