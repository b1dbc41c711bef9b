"""A question-answering checkpoint as a reader: read from where it lies, and written back."""

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from maskplay.decoding import LengthPrior
from maskplay.models import load_checkpoint, save_checkpoint
from maskplay.reading.checkpoint.subword_encoder import SubwordEncoder
from maskplay.reading.judgement import Judgement
from maskplay.text import SubwordTokenizer

if TYPE_CHECKING:
    from maskplay.reading.reader import Reader

JUDGEMENT = "judgement.json"
_LONGEST = 80  # characters of an answer; every length up to it is as likely as any other


@dataclass(frozen=True)
class SpanCheckpoint:
    """What `Reader.config` is for a reader that others trained.

    Args:
        folder: where it lies.
    """

    folder: Path

    def build(self) -> Any:
        """Make the Keras model, from tokens and segments to logits of start and end `(rows, length, 2)`."""
        return load_checkpoint(self.folder, "span")


def is_checkpoint(source: str | PathLike[str]) -> bool:
    """Tell a checkpoint, or a name of the hub, from the folder of a reader."""
    folder = Path(source)
    if not folder.exists():
        parts = str(source).split("/")
        return len(parts) == 2 and all(part and part[0] not in ".~" for part in parts)
    try:
        settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return (folder / "bert_config.json").is_file()
    return isinstance(settings, dict) and "kind" not in settings and "vocab_size" in settings


def load(source: str | PathLike[str]) -> "Reader":
    """Make a reader of a checkpoint; see `Reader.load`."""
    from maskplay.models.checkpoints.source import local_folder
    from maskplay.reading.reader import Reader

    folder = local_folder(source)
    encode = SubwordEncoder(SubwordTokenizer.load(folder))
    reader = Reader(SpanCheckpoint(folder), encode, _judgement(folder))
    _ = reader.network  # what is damaged is to be known now
    return reader


def write(reader: "Reader", source: Path, folder: Path) -> None:
    """Write a checkpoint, its vocabulary and how far to trust it.

    Args:
        reader: of a checkpoint.
        source: where its vocabulary is.
        folder: where to.
    """
    save_checkpoint(reader.network, folder, source)
    stored = json.dumps(reader.judgement.to_dict(), ensure_ascii=False, indent=1)
    (folder / JUDGEMENT).write_text(stored, encoding="utf-8")


def is_saved(folder: Path) -> bool:
    """Tell a checkpoint that a reader wrote."""
    return (folder / JUDGEMENT).is_file() and is_checkpoint(folder)


def _judgement(folder: Path) -> Judgement:
    file = folder / JUDGEMENT
    if not file.is_file():
        return Judgement("softmax", LengthPrior(np.full(_LONGEST, -np.log(_LONGEST))))
    try:
        return Judgement.from_dict(json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{file} is damaged: {error}") from None
