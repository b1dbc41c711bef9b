"""What is wrong with a dataset file, and what can be done about it."""

from collections import Counter
from dataclasses import asdict, dataclass
from os import PathLike
from typing import Any

from maskplay.datasets._path import checked_path
from maskplay.datasets._read import Reading, read_leniently
from maskplay.datasets.fault import Fault


@dataclass(frozen=True)
class Report:
    """A file's health.

    Attributes:
        path: the file.
        format: the recognised format, or None if the file is no known dataset.
        examples: number of questions that could be read.
        passages: number of distinct passages.
        located: number of references whose place in the passage is known.
        faults: every fault, in the order of reading.
    """

    path: str
    format: str | None
    examples: int
    passages: int
    located: int
    faults: tuple[Fault, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of faults per kind, the most frequent first."""
        return dict(Counter(fault.kind for fault in self.faults).most_common())

    @property
    def repaired(self) -> tuple[Fault, ...]:
        """The faults that `repair` mends."""
        return tuple(fault for fault in self.faults if fault.repair is not None)

    @property
    def unrepaired(self) -> tuple[Fault, ...]:
        """The faults that need a human."""
        return tuple(fault for fault in self.faults if fault.repair is None)

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain JSON values."""
        return {**asdict(self), "faults": [asdict(fault) for fault in self.faults], "counts": self.counts}


def doctor(path: str | PathLike[str], *, format: str | None = None) -> Report:
    """Examine a dataset file; nothing in it is an error.

    Args:
        path: the file.
        format: see `load`.

    Raises:
        FileNotFoundError: if there is no such file.
        TypeError: if `path` is no path.
    """
    return report(path, read_leniently(checked_path(path), format))


def report(path: str | PathLike[str], reading: Reading) -> Report:
    """Sum up a reading."""
    faults = tuple(reading.notes.faults)
    if reading.dataset is None:
        return Report(str(path), None, 0, 0, 0, faults)
    passages = [passage for example in reading.dataset for passage in example.passages]
    return Report(
        path=str(path),
        format=reading.dataset.format,
        examples=len(reading.dataset),
        passages=len({passage.text for passage in passages}),
        located=sum(ref.start is not None for passage in passages for ref in passage.references),
        faults=faults,
    )
