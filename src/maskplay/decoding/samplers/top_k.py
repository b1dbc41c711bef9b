"""Draws from the most probable tokens, so many."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from maskplay.decoding.samplers.sampler import Sampler, checked_temperature


@dataclass(frozen=True)
class TopK(Sampler):
    """Draws from the k most probable tokens (Fan et al. 2018), and those as probable as the last of them.

    Args:
        k: how many.
        temperature: see `Temperature`.

    >>> from keras import ops
    >>> TopK(2).weigh(ops.array([-3.0, -1.0, -2.0])).tolist()
    [-inf, -1.0, -2.0]
    """

    k: int
    temperature: float = 1.0

    def __post_init__(self) -> None:
        checked_temperature(self.temperature)
        if self.k < 1:
            raise ValueError(f"k must be at least 1. Received: {self.k}")

    def weigh(self, log_probabilities: Any) -> Any:
        """Leave the k largest, divided by the temperature."""
        x = ops.convert_to_tensor(log_probabilities)
        least = ops.top_k(x, min(self.k, x.shape[-1]))[0][..., -1:]
        return ops.where(x >= least, x / self.temperature, float("-inf"))
