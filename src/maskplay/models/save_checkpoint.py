"""A network as a Hugging Face folder."""

import json
import shutil
from os import PathLike
from pathlib import Path
from typing import Any

from maskplay._files import write_whole, written_whole


def save_checkpoint(
    model: Any, folder: str | PathLike[str], vocabulary: str | PathLike[str] | None = None
) -> None:
    """Write a network as a folder that transformers, and `load_checkpoint`, read.

    Args:
        model: what `load_checkpoint` or `TransformerConfig.build` gave, or the layer in it.
        folder: where `config.json` and `model.safetensors` are put; it is made if it is not there.
        vocabulary: a folder from which the files of the vocabulary are copied.

    Raises:
        ValueError: No family of checkpoints has such networks (pre-norm, say), or there is no Transformer in the model.
        FileNotFoundError: The folder of the vocabulary has none.
    """
    from safetensors.numpy import save_file

    from maskplay.models.checkpoints.settings import write_settings
    from maskplay.models.checkpoints.source import VOCABULARY_FILES

    network = _network(model)
    settings = write_settings(network.config)
    tensors = _tensors(network)
    folder = Path(folder)
    files = [] if vocabulary is None else [Path(vocabulary, n) for n in VOCABULARY_FILES]
    files = [file for file in files if file.is_file()]
    if vocabulary is not None and not files:
        raise FileNotFoundError(f"{vocabulary} has none of {', '.join(VOCABULARY_FILES)}.")
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        if file.parent.resolve() != folder.resolve():
            with written_whole(folder / file.name) as temporary:
                shutil.copyfile(file, temporary)
    with written_whole(folder / "model.safetensors") as temporary:
        save_file(tensors, temporary, metadata={"format": "pt"})
    write_whole(folder / "config.json", (json.dumps(settings, indent=2, sort_keys=True) + "\n").encode())


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
