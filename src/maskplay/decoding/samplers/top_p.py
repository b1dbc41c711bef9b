"""Draws from the most probable tokens, as many as it takes."""

from dataclasses import dataclass
from typing import Any

from keras import ops

from maskplay._number import checked_number
from maskplay.decoding.samplers.sampler import Sampler, checked_temperature, tempered

_LEAST = 1e-30  # what is less may be 0 in float32, which even the first token reaches


@dataclass(frozen=True)
class TopP(Sampler):
    """Draws from the fewest tokens whose probabilities add up to p (Holtzman et al. 2019), and the equally probable.

    Args:
        p: the share of probability to keep, above 0, at most 1.
        temperature: comes first; see `Temperature`.

    Raises:
        TypeError: One of them is no number.
        ValueError: p is not above 0 and at most 1, or the temperature not above 0.

    >>> from keras import ops
    >>> kept = TopP(0.7).weigh(ops.log(ops.array([0.1, 0.5, 0.15, 0.25])))
    >>> [round(float(x), 2) for x in ops.exp(kept)]
    [0.0, 0.5, 0.0, 0.25]
    """

    p: float
    temperature: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "temperature", checked_temperature(self.temperature))
        object.__setattr__(self, "p", checked_number("p", self.p, float))
        if not 0 < self.p <= 1:
            raise ValueError(f"p must be above 0 and at most 1. Received: {self.p}")

    def weigh(self, log_probabilities: Any) -> Any:
        """Leave the fewest that reach p."""
        x = ops.log_softmax(tempered(log_probabilities, self.temperature), axis=-1)
        falling = ops.flip(ops.sort(x, axis=-1), axis=-1)
        likely = ops.exp(falling)
        # A token is needed as long as those before it do not reach p.
        needed = ops.cumsum(likely, axis=-1) - likely < max(self.p, _LEAST)
        least = ops.min(ops.where(needed, falling, float("inf")), axis=-1, keepdims=True)
        return ops.where(x >= least, x, float("-inf"))
