"""The tokens of a folder, as far as a network has to know of them."""

from pathlib import Path

from maskplay.models.checkpoints.checkpoint_error import CheckpointError
from maskplay.models.checkpoints.source import read_json

# For the hardware's sake tables of embeddings are padded to a multiple of one of these.
_ROUNDED_TO = (8, 64, 128)


def tokens_of(folder: Path) -> list[str] | None:
    """Give the tokens of a folder by id; None if it has no vocabulary of WordPiece.

    Raises:
        CheckpointError: It is damaged.
    """
    listed = _lines(folder / "vocab.txt") if (folder / "vocab.txt").is_file() else None
    found = _ids_of_tokenizer(folder)
    if found is None:
        return listed
    own, ids = found
    if listed is not None:
        _check_agree(folder, listed, own, ids)
        if len(listed) >= len(ids):
            return listed
    if sorted(ids.values()) != list(range(len(ids))):
        raise CheckpointError(
            f"{folder / 'tokenizer.json'}: the ids of {len(ids)} tokens must be 0 to {len(ids) - 1}, each once."
        )
    return sorted(ids, key=ids.__getitem__)


def _ids_of_tokenizer(folder: Path) -> tuple[dict[str, int], dict[str, int]] | None:
    """Read the tokens of a tokenizer.json without and with those that were added; None if it is not of WordPiece."""
    if not (folder / "tokenizer.json").is_file():
        return None
    values, _ = read_json(folder, "tokenizer.json")
    model = values.get("model")
    if not isinstance(model, dict) or not isinstance(model.get("vocab"), dict):
        return None
    if model.get("type", "WordPiece") != "WordPiece":
        return None
    ids = dict(model["vocab"])
    try:
        for added in values.get("added_tokens") or ():
            ids.setdefault(added["content"], added["id"])
    except (TypeError, KeyError):
        raise CheckpointError(
            f'{folder / "tokenizer.json"} is damaged: each of its added_tokens must have "content" and "id". Get the '
            "file anew."
        ) from None
    return model["vocab"], ids


def _check_agree(folder: Path, listed: list[str], own: dict[str, int], ids: dict[str, int]) -> None:
    """Require the same of both files, for some readers take one and some the other.

    A vocab.txt may lack what was added to the tokenizer afterwards: transformers writes it so.
    """
    lines = {token: i for i, token in enumerate(listed)}
    if lines not in (own, ids):
        other = min(token for token in lines.keys() | ids if lines.get(token) != ids.get(token))
        raise CheckpointError(
            f"vocab.txt and tokenizer.json of {folder} must hold the same tokens. Received: {other!r} with the ids "
            f"{lines.get(other)} and {ids.get(other)}. Take away the file that is not of this checkpoint."
        )


def check_vocabulary(folder: Path, rows: int) -> None:
    """Require a vocabulary that fits the table of embeddings, if there is one.

    Raises:
        CheckpointError: It does not.
    """
    tokens = tokens_of(folder)
    if tokens is None or len(tokens) == rows:
        return
    if not any(rows % size == 0 and 0 < rows - len(tokens) < size for size in _ROUNDED_TO):
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
