"""Question and passages -> one answer with its evidence."""

from typing import TYPE_CHECKING, Any

from maskplay.reading.answer import Answer, Candidate, Evidence
from maskplay.reading.reader import Reader
from maskplay.reading.reading import Reading
from maskplay.reading.streaming import Stream

if TYPE_CHECKING:
    from maskplay.models.training_run import Progress
    from maskplay.reading.calibrating import RoughCalibration
    from maskplay.reading.fitting import fit
    from maskplay.reading.training import TrainingOptions

__all__ = [
    "Answer",
    "Candidate",
    "Evidence",
    "Progress",
    "Reader",
    "Reading",
    "RoughCalibration",
    "Stream",
    "TrainingOptions",
    "fit",
]

_OF_TRAINING = {
    "fit": "maskplay.reading.fitting",
    "Progress": "maskplay.models.training_run",
    "RoughCalibration": "maskplay.reading.calibrating",
    "TrainingOptions": "maskplay.reading.training",
}


def __getattr__(name: str) -> Any:
    """Import what needs Keras when it is asked for: a question should not wait for what only training needs."""
    if name in _OF_TRAINING:
        from importlib import import_module

        return getattr(import_module(_OF_TRAINING[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
