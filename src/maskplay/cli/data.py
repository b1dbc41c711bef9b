"""Datasets, loaded for a command."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from maskplay.cli.refusal import Refusal, say

if TYPE_CHECKING:
    from maskplay.datasets import Dataset, Example


def dataset(path: Path, *, simplify: bool = False) -> "Dataset":
    """Load a dataset, and say what was mended on the way.

    Args:
        path: the file.
        simplify: write Traditional Chinese in Simplified characters.

    Raises:
        Refusal: if it is a folder, or holds no questions.
    """
    from maskplay import datasets

    if path.is_dir():
        raise Refusal(f"{path}: a folder; name a dataset file.")
    loaded = datasets.load(path)
    if not len(loaded):
        raise Refusal(f"{path}: this dataset ({loaded.format}) holds no questions.")
    faults = len(loaded.faults)
    mended = f"; {faults} faults, see: maskplay read doctor {quote(str(path))}" if faults else ""
    say(f"{path}: {len(loaded):,} questions, format {loaded.format}{mended}")
    return datasets.traditional_to_simplified(loaded) if simplify else loaded


def joined(loaded: Sequence["Dataset"]) -> list["Example"]:
    """Put the examples of several datasets together; ids stay distinct."""
    if len(loaded) == 1:
        return list(loaded[0])
    return [
        replace(example, id=f"{number}:{example.id}")
        for number, one in enumerate(loaded, 1)
        for example in one
    ]
