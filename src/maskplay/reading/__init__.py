"""Question and passages -> one answer with its evidence."""

from maskplay.reading.answer import Answer, Candidate, Evidence
from maskplay.reading.fit import evaluate, fit
from maskplay.reading.reader import Reader
from maskplay.reading.reading import Reading
from maskplay.reading.training import Progress, TrainingOptions

__all__ = [
    "Answer",
    "Candidate",
    "Evidence",
    "Progress",
    "Reader",
    "Reading",
    "TrainingOptions",
    "evaluate",
    "fit",
]
