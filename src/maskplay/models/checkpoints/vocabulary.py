"""The tokens of a folder, as far as a network has to know of them."""

from pathlib import Path

from maskplay.models.checkpoints.checkpoint_error import CheckpointError
from maskplay.models.checkpoints.source import read_json

_ROUNDED_TO = 8  # tables of embeddings are padded to a multiple of this, for the hardware's sake,
_ROUNDED_BY = 128  # by less than this


def tokens_of(folder: Path) -> list[str] | None:
    """Give the tokens of a folder by id; None if it has no vocabulary of WordPiece.

    Raises:
        CheckpointError: It is damaged.
    """
    if (folder / "vocab.txt").is_file():
        return _lines(folder / "vocab.txt")
    if not (folder / "tokenizer.json").is_file():
        return None
    values, file = read_json(folder, "tokenizer.json")
    model = values.get("model")
    if not isinstance(model, dict) or not isinstance(model.get("vocab"), dict):
        return None
    if model.get("type", "WordPiece") != "WordPiece":
        return None
    ids = dict(model["vocab"])
    for added in values.get("added_tokens") or ():
        ids.setdefault(added["content"], added["id"])
    if sorted(ids.values()) != list(range(len(ids))):
        raise CheckpointError(f"{file}: the ids of {len(ids)} tokens must be 0 to {len(ids) - 1}, each once.")
    return sorted(ids, key=ids.__getitem__)


def check_vocabulary(folder: Path, rows: int) -> None:
    """Require a vocabulary that fits the table of embeddings, if there is one.

    Raises:
        CheckpointError: It does not.
    """
    tokens = tokens_of(folder)
    if tokens is None or len(tokens) == rows:
        return
    padded = rows % _ROUNDED_TO == 0 and 0 < rows - len(tokens) < _ROUNDED_BY
    if not padded:
        raise CheckpointError(
            f"The vocabulary of {folder} has {len(tokens)} tokens, but vocab_size is {rows}. They must be of one "
            "checkpoint: get both files anew."
        )


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CheckpointError(f"{file} is no UTF-8: {error}") from error
    # By line feeds alone: other ends of lines, such as U+2028, are tokens of some vocabularies.
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines
