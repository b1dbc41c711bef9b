"""The task "text to text": a writer, and what it can be trained to do."""

from maskplay.decoding.samplers import Greedy, Sampler, Temperature, TopK, TopP
from maskplay.models.training_run import Progress
from maskplay.writing.evaluation import Evaluation
from maskplay.writing.objectives import (
    LanguageModel,
    MaskedLM,
    Mixture,
    Objective,
    PermutationLM,
    SequenceToSequence,
    objective_named,
)
from maskplay.writing.pair import Pair
from maskplay.writing.pair_files import read_pairs, read_texts
from maskplay.writing.poems import poem_pairs
from maskplay.writing.training import TrainingOptions
from maskplay.writing.writer import Writer
from maskplay.writing.written import Written

__all__ = [
    "Evaluation",
    "Greedy",
    "LanguageModel",
    "MaskedLM",
    "Mixture",
    "Objective",
    "Pair",
    "PermutationLM",
    "Progress",
    "Sampler",
    "SequenceToSequence",
    "Temperature",
    "TopK",
    "TopP",
    "TrainingOptions",
    "Writer",
    "Written",
    "objective_named",
    "poem_pairs",
    "read_pairs",
    "read_texts",
]
