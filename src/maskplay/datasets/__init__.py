"""Dataset files -> examples whose offsets are checked; and a doctor for faulty files."""

from maskplay.datasets._formats import FORMATS
from maskplay.datasets.dataset import Dataset
from maskplay.datasets.dataset_error import DatasetError
from maskplay.datasets.doctor import Report, doctor
from maskplay.datasets.example import Example, Passage, Reference
from maskplay.datasets.fault import FAULT_KINDS, Fault
from maskplay.datasets.load import load
from maskplay.datasets.map_text import map_text, traditional_to_simplified
from maskplay.datasets.repair import repair

__all__ = [
    "FAULT_KINDS",
    "FORMATS",
    "Dataset",
    "DatasetError",
    "Example",
    "Fault",
    "Passage",
    "Reference",
    "Report",
    "doctor",
    "load",
    "map_text",
    "repair",
    "traditional_to_simplified",
]
