"""The way from a file to its examples, shared by `load`, `doctor` and `repair`."""

from dataclasses import dataclass
from pathlib import Path

from maskplay.datasets import _formats
from maskplay.datasets._notes import Notes, Skip
from maskplay.datasets._parse import Parsed, parse
from maskplay.datasets.dataset import Dataset
from maskplay.datasets.dataset_error import DatasetError


@dataclass(slots=True)
class Reading:
    """What became of one file: its examples, and its mended JSON; nothing where nothing could be read."""

    dataset: Dataset | None
    parsed: Parsed | None
    notes: Notes


def read_strictly(path: Path, format: str | None) -> Dataset:
    """Read a file; whatever costs a question is an error."""
    layout = None if format is None else _formats.layout_named(format)
    notes = Notes(str(path), strict=True)
    parsed = parse(path.read_bytes(), notes)
    if parsed.broken:
        raise DatasetError(f"{path}: {parsed.broken}; {_count_before(parsed, layout)}")
    return _dataset(parsed, layout, format, notes)


def read_leniently(path: Path, format: str | None) -> Reading:
    """Read what can be read, and note the rest."""
    layout = None if format is None else _formats.layout_named(format)
    notes = Notes(str(path), strict=False)
    try:
        parsed = parse(path.read_bytes(), notes)
        if parsed.tree is None and parsed.broken:
            return Reading(None, None, notes)
        return Reading(_dataset(parsed, layout, format, notes), parsed, notes)
    except Skip:
        return Reading(None, None, notes)


def _dataset(parsed: Parsed, layout: str | None, format: str | None, notes: Notes) -> Dataset:
    layout = layout or _formats.layout_of(parsed, notes)
    examples = _formats.read(layout, parsed, notes)
    if not examples:
        notes.add("questions-missing", "$", "0 questions")
    name, metric = _formats.name_and_metric(layout, examples)
    if format is not None:
        name, metric = format, _formats.metric_of(format, examples)
    return Dataset(tuple(examples), name, metric, tuple(notes.faults))


def _count_before(parsed: Parsed, layout: str | None) -> str:
    """Say how much of a broken file could be read."""
    try:
        notes = Notes("", strict=False)
        count = len(_dataset(parsed, layout, None, notes)) if parsed.tree is not None else 0
    except Skip:
        count = 0
    return f"{count} questions before it can be read (`maskplay read doctor --repair` keeps them)."
