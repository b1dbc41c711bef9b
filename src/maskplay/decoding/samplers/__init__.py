"""How one token is chosen from what a network says of all: small classes, each of which overrides one method."""

from maskplay.decoding.samplers.greedy import Greedy
from maskplay.decoding.samplers.sampler import Sampler
from maskplay.decoding.samplers.temperature import Temperature
from maskplay.decoding.samplers.top_k import TopK
from maskplay.decoding.samplers.top_p import TopP

__all__ = ["Greedy", "Sampler", "Temperature", "TopK", "TopP"]
