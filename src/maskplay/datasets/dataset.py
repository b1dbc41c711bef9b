"""A file's examples, and what was wrong with the file."""

from collections.abc import Iterator
from dataclasses import dataclass

from maskplay.datasets.example import Example
from maskplay.datasets.fault import Fault


@dataclass(frozen=True)
class Dataset:
    """The examples of one file.

    Attributes:
        examples: in the file's order.
        format: the file's format, one of `FORMATS`.
        metric: the name of the benchmark's own metric ("cmrc", "drcd", "squad", "webqa", "sogou").
        faults: what was mended while reading, and what could not be.
    """

    examples: tuple[Example, ...]
    format: str
    metric: str
    faults: tuple[Fault, ...] = ()

    def __len__(self) -> int:
        return len(self.examples)

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples)

    def __repr__(self) -> str:
        return f"Dataset({len(self)} examples, format={self.format!r}, {len(self.faults)} faults)"
