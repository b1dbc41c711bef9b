"""What a network is trained to say: choices of the data alone, for the same weights and the same `fit`."""

from maskplay.writing.objectives.language_model import LanguageModel
from maskplay.writing.objectives.masked_lm import MaskedLM
from maskplay.writing.objectives.mixture import Mixture
from maskplay.writing.objectives.named import objective_named
from maskplay.writing.objectives.objective import Objective
from maskplay.writing.objectives.permutation_lm import PermutationLM
from maskplay.writing.objectives.sequence_to_sequence import SequenceToSequence

__all__ = [
    "LanguageModel",
    "MaskedLM",
    "Mixture",
    "Objective",
    "PermutationLM",
    "SequenceToSequence",
    "objective_named",
]
