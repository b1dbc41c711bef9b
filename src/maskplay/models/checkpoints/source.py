"""Where a checkpoint lies: a folder, or a name on the Hugging Face hub."""

import json
from os import PathLike
from pathlib import Path
from typing import Any

from maskplay.models.checkpoints.checkpoint_error import CheckpointError

VOCABULARY_FILES = (
    "vocab.txt",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "kept_tokens.json",
)
"""The vocabulary of a folder, and how it cuts text; and which tokens of a larger one it has."""

_SETTINGS = ("config.json", "bert_config.json")


def local_folder(source: str | PathLike[str], revision: str | None = None) -> Path:
    """Give the folder of a checkpoint; one of the hub is fetched, or found where it was fetched before.

    Args:
        source: a folder; or a name such as `hfl/chinese-roberta-wwm-ext`.
        revision: of the hub: a branch, a tag or a commit.

    Raises:
        FileNotFoundError: There is no such folder, and it is no name of the hub.
        ImportError: It is a name of the hub, and huggingface_hub is not installed.
    """
    folder = Path(source)
    if folder.is_dir():
        return folder
    if folder.exists() or not _may_be_of_the_hub(str(source)):
        raise FileNotFoundError(
            f"There is no folder {source}. Give a folder, or a name of the Hugging Face hub."
        )
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise ImportError(
            f"There is no folder {source}; to look for it on the Hugging Face hub, install huggingface_hub: "
            "pip install 'maskplay[checkpoints]'."
        ) from error
    small = [*_SETTINGS, *VOCABULARY_FILES]

    def fetched(weights: str) -> Path:
        return Path(snapshot_download(str(source), revision=revision, allow_patterns=[*small, weights]))

    try:
        found = fetched("model*.safetensors*")
        return found if any(found.glob("model*.safetensors")) else fetched("pytorch_model*")
    except (OSError, ValueError) as error:  # of the hub: no connection, no such name
        raise FileNotFoundError(
            f"There is no folder {source}, and the Hugging Face hub gave no checkpoint of that name: "
            f"{(str(error).strip() or type(error).__name__).splitlines()[0]}"
        ) from error


def read_json(folder: Path, *names: str) -> tuple[dict[str, Any], Path]:
    """Read the first of some files that is there.

    Raises:
        FileNotFoundError: None is.
        CheckpointError: It is no JSON object.
    """
    for name in names:
        if (folder / name).is_file():
            break
    else:
        raise FileNotFoundError(f"{folder} has no {' or '.join(names)}. Get the whole folder.")
    file = folder / name
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{file} is no JSON: {error}. Get the file anew.") from error
    if not isinstance(values, dict):
        raise CheckpointError(f"{file} must hold a JSON object. It holds: {type(values).__name__}")
    return values, file


def settings_of(folder: Path) -> tuple[dict[str, Any], Path]:
    """Read what describes the network of a folder."""
    return read_json(folder, *_SETTINGS)


def _may_be_of_the_hub(name: str) -> bool:
    parts = name.split("/")
    return 1 <= len(parts) <= 2 and all(part and part[0] not in ".~" for part in parts) and "\\" not in name
