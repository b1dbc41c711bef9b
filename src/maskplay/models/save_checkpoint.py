"""A network as a Hugging Face folder."""

import json
from os import PathLike
from pathlib import Path
from typing import Any

from maskplay._files import check_above, check_alone, written_whole_folder

_CONFIG, _TENSORS = "config.json", "model.safetensors"


def save_checkpoint(
    model: Any, folder: str | PathLike[str], vocabulary: str | PathLike[str] | None = None
) -> None:
    """Write a network as a folder that transformers, and `load_checkpoint`, read.

    Args:
        model: what `load_checkpoint` or `TransformerConfig.build` gave, or the layer in it.
        folder: to write, whole or not at all: new, empty, or one of a checkpoint alone, whose vocabulary stays.
        vocabulary: a folder from which the files of the vocabulary are copied; they take the place of all that are
            there.

    Raises:
        ValueError: No family of checkpoints has such networks (pre-norm, say), there is no Transformer in the model, or
            the checkpoint that is in the folder has a head that the model lacks.
        FileNotFoundError: The folder of the vocabulary has none.
        FileExistsError: Something else is in the folder.
    """
    from safetensors.numpy import save

    from maskplay.models.checkpoints.names import copies
    from maskplay.models.checkpoints.settings import write_settings
    from maskplay.models.checkpoints.source import VOCABULARY_FILES

    network = _network(model)
    settings = write_settings(network.config)
    tensors = _tensors(network)
    folder = Path(folder).resolve()  # what a link leads to is written, not the link
    _check_place(folder)
    _check_heads(folder, {*tensors, *copies(network.config)})
    files = [Path(folder if vocabulary is None else vocabulary, name) for name in VOCABULARY_FILES]
    files = [file for file in files if file.is_file()]
    if vocabulary is not None and not files:
        raise FileNotFoundError(f"{vocabulary} has none of {', '.join(VOCABULARY_FILES)}.")
    with written_whole_folder(folder) as unfinished:
        for file in files:
            (unfinished / file.name).write_bytes(file.read_bytes())
        # Not save_file, whose error for a full disk is no OSError.
        (unfinished / _TENSORS).write_bytes(save(tensors, metadata={"format": "pt"}))
        (unfinished / _CONFIG).write_text(
            json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )


def _check_place(folder: Path) -> None:
    """Require a folder in which nothing lies but a checkpoint: a writer's files have the same names as one's."""
    from maskplay.models.checkpoints.source import VOCABULARY_FILES

    check_above(folder)
    check_alone(folder, (_CONFIG, _TENSORS, *VOCABULARY_FILES), "a checkpoint")
    try:
        kind = json.loads((folder / _CONFIG).read_text(encoding="utf-8")).get("kind")
    except (OSError, ValueError, AttributeError, RecursionError):
        return  # what cannot be read is nothing to lose
    if kind is not None:
        raise FileExistsError(
            f"{folder} must be a new or empty folder, or one of a checkpoint alone. It holds: a {kind}. Name another."
        )


def _check_heads(folder: Path, names: set[str]) -> None:
    """Require that no head of the weights that are there would be gone: encoders alone are often read from them."""
    from safetensors import SafetensorError, safe_open

    from maskplay.models.checkpoints.names import OF_OTHER_HEADS

    try:
        with safe_open(folder / _TENSORS, "np") as file:
            present = set(file.keys())
    except (OSError, SafetensorError):
        return
    lost = sorted(name for name in present - names if name.startswith(OF_OTHER_HEADS) or "pooler." in name)
    if lost:
        raise ValueError(
            f"The model must have every head of the checkpoint that it takes the place of. {folder} has "
            f"{', '.join(lost[:5])}, which it lacks. Choose another folder, or load the checkpoint with its head."
        )


def _network(model: Any) -> Any:
    from maskplay.models.transformer import Transformer

    if isinstance(model, Transformer):
        return model
    found = [layer for layer in getattr(model, "layers", ()) if isinstance(layer, Transformer)]
    if len(found) != 1:
        raise ValueError(f"The model must have one Transformer in it. Received: {model!r}, with {len(found)}")
    return found[0]


def _tensors(network: Any) -> dict[str, Any]:
    import numpy as np
    from keras import ops

    from maskplay.models.checkpoints.names import encoder_names, head_names

    weights = {weight.path.split("/", 1)[1]: weight for weight in network.weights}
    tensors = {}
    for named in (*encoder_names(network.config), *head_names(network.config)):
        value = np.asarray(ops.convert_to_numpy(weights[named.path].value), "float32")
        tensors[named.tensor] = np.ascontiguousarray(value.T if named.turned else value)
    return tensors
