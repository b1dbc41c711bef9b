"""A network with the weights of a checkpoint."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maskplay.models.checkpoints.checkpoint_error import CheckpointError
from maskplay.models.transformer_config import HEADS, MaskOf, TransformerConfig

if TYPE_CHECKING:
    from maskplay.models.checkpoints.names import Named
    from maskplay.models.checkpoints.tensors import Tensors


def load_checkpoint(
    source: str | PathLike[str],
    head: str | None = None,
    labels: int | None = None,
    *,
    new_head: bool = False,
    mask: MaskOf | None = None,
    inputs: Sequence[str] = ("tokens", "segments"),
    length: int | None = None,
    revision: str | None = None,
) -> Any:
    """Make a Keras model with the weights of a BERT, ALBERT, ELECTRA, RoFormer or NEZHA checkpoint.

    A Hugging Face folder (`config.json` with `model.safetensors` or `pytorch_model.bin`, in one piece or several), a
    name on the hub, or a folder of Google's TensorFlow 1 files (`bert_config.json`, `bert_model.ckpt`). No file is
    ever run: a `.bin` is read by a reader that knows tensors and nothing else. What belongs to other heads is left
    aside; whatever else does not fit is an error.

    Args:
        source: the folder or the name.
        head: what the model says, see `TransformerConfig`; None: the states of the encoder.
        labels: of the heads "token" and "classification"; default: as many as the checkpoint has.
        new_head: a head, or a pooler before it, that the checkpoint lacks starts fresh, to be trained. Half of one is
            an error.
        mask: see `TransformerConfig.build`: the attention mask, made from the inputs.
        inputs: see `TransformerConfig.build`.
        length: see `TransformerConfig.build`.
        revision: of the hub: a branch, a tag or a commit.

    Returns:
        A functional Keras model; its layer "transformer" is the network, with `config`.

    Raises:
        ValueError: There is no such head.
        FileNotFoundError: The folder, or a file that it must have, is not there.
        CheckpointError: Tensors are missing, surplus, of the wrong shape or not finite; the vocabulary is of another
            size; a file is damaged, or would have to run code; the network is of a kind that we do not have.
    """
    from maskplay.models.checkpoints.settings import read_settings
    from maskplay.models.checkpoints.source import local_folder, settings_of
    from maskplay.models.checkpoints.vocabulary import check_vocabulary

    if head is not None and head not in HEADS:
        raise ValueError(f"head must be None or one of {', '.join(HEADS)}. Received: {head!r:.60}")
    folder = local_folder(source, revision)
    values, file = settings_of(folder)
    config = read_settings(values, head, labels, str(file))
    check_vocabulary(folder, config.vocabulary_size)
    tensors = _tensors(folder, config)
    wanted = _wanted(config, tensors, folder, new_head)
    _check_sizes(config, wanted, tensors, folder)
    model = config.build(mask, inputs, length)
    _fill(model.get_layer("transformer"), wanted, tensors, folder)
    return model


def _tensors(folder: Path, config: TransformerConfig) -> "Tensors":
    from maskplay.models.checkpoints.names import OF_OTHER_HEADS, PREFIXES, copies
    from maskplay.models.checkpoints.tensorflow1 import is_tensorflow1, read_tensorflow1
    from maskplay.models.checkpoints.tensors import read_tensors, with_prefix

    tensors = read_tensorflow1(folder) if is_tensorflow1(folder) else read_tensors(folder)
    tensors = with_prefix(tensors, PREFIXES[config.family], OF_OTHER_HEADS)
    for copy, original in copies(config).items():
        if copy in tensors:
            _check_tied(folder, copy, tensors[copy], original, tensors.setdefault(original, tensors[copy]))
    return tensors


def _check_tied(folder: Path, copy: str, x: Any, original: str, y: Any) -> None:
    """Require one tensor where ours is one: an output of its own would be left out without a word."""
    import numpy as np

    if x is not y and not np.array_equal(x, y, equal_nan=True):
        raise CheckpointError(
            f"{folder}: {copy} must be the same as {original}, to which it is tied. Received: another. Tie them, or "
            "take one of them out of the file."
        )


def _check_head(config: TransformerConfig, tensors: "Tensors", folder: Path, new_head: bool) -> None:
    """Require the head, or with `new_head` that its parts are there whole or not at all: half of one was damaged."""
    from maskplay.models.checkpoints.names import head_names

    parts: dict[str, list[str]] = {}
    for named in head_names(config):
        # What is said of tokens is one part; others are a pooler, which encoders often have, and what comes after it.
        part = config.head if config.head == "masked_lm" else named.path.split("/")[0]
        parts.setdefault(str(part), []).append(named.tensor)
    lacking = {part: [name for name in names if name not in tensors] for part, names in parts.items()}
    fresh = [name for names in lacking.values() for name in names]
    if fresh and not new_head:
        raise CheckpointError(
            f"{folder} lacks {_listed(fresh)} of the head {config.head!r}. new_head=True starts what is missing fresh, "
            "to be trained."
        )
    torn = [name for part, names in lacking.items() if len(names) < len(parts[part]) for name in names]
    if torn:
        raise CheckpointError(
            f"{folder} must have the head {config.head!r} whole, or nothing of it to start fresh. It lacks: "
            f"{_listed(torn)}. Get the checkpoint anew, or take the rest of the head out of it."
        )


def _wanted(config: TransformerConfig, tensors: "Tensors", folder: Path, new_head: bool) -> "list[Named]":
    """Give the weights that the checkpoint has, having required those that it must have, and no strangers."""
    from maskplay.models.checkpoints.names import (
        OF_OTHER_HEADS,
        PREFIXES,
        WITHOUT_WEIGHT,
        copies,
        encoder_names,
        head_names,
    )

    if (config.groups or config.depth) > len(tensors):
        raise CheckpointError(
            f"{folder} must have several tensors for each of the {config.groups or config.depth} blocks that its "
            f"config.json names. It has {len(tensors)} of all: are both files of one checkpoint?"
        )
    encoder, head = list(encoder_names(config)), list(head_names(config))
    missing = [named.tensor for named in encoder if named.tensor not in tensors]
    if missing:
        raise CheckpointError(f"{folder} lacks {_listed(missing)} of a {config.family} network.")
    _check_head(config, tensors, folder, new_head)
    known = {named.tensor for named in encoder + head} | set(copies(config))
    others = (*OF_OTHER_HEADS, f"{PREFIXES[config.family]}pooler.")
    surplus = [
        name
        for name in tensors
        if name not in known and not name.startswith(others) and not name.endswith(WITHOUT_WEIGHT)
    ]
    if surplus:
        raise CheckpointError(
            f"{folder} has {_listed(surplus)}, which the network that its config.json describes does not have: are "
            "both files of one checkpoint?"
        )
    return [named for named in encoder + head if named.tensor in tensors]


def _check_sizes(config: TransformerConfig, wanted: "list[Named]", tensors: "Tensors", folder: Path) -> None:
    """Require the sizes that a configuration says before a network of them is made, which may be too large for that."""
    sizes = {
        "tokens/embeddings": (config.vocabulary_size, config.table_width),
        "segments/embeddings": (config.segments, config.table_width),
        "places/embeddings": (config.max_positions, config.table_width),
        "blocks_0/attention/merge/bias": (config.width,),
        "blocks_0/feed_forward/inner/bias": (config.hidden,),
        "head/bias": (2 if config.head == "span" else config.labels,),
    }
    for named in wanted:
        if named.path in sizes:
            _check_shape(folder, named, tensors[named.tensor], sizes[named.path])


def _check_shape(folder: Path, named: "Named", tensor: Any, shape: tuple[int, ...]) -> None:
    if tensor.shape != shape:
        raise CheckpointError(
            f"{folder}: {named.tensor} must have the shape {shape}, as config.json says. It has: {tensor.shape}"
        )


def _fill(network: Any, wanted: "list[Named]", tensors: "Tensors", folder: Path) -> None:
    """Put tensors into weights; all are checked before the first is changed."""
    from maskplay.models.checkpoints.tensors import not_finite

    weights = {weight.path.split("/", 1)[1]: weight for weight in network.weights}
    chosen = {named.path: (named, tensors[named.tensor]) for named in wanted}
    for path, (named, tensor) in chosen.items():
        shape = tuple(weights[path].shape)[::-1] if named.turned else tuple(weights[path].shape)
        _check_shape(folder, named, tensor, shape)
    damaged = list(not_finite({named.tensor: tensor for named, tensor in chosen.values()}))
    if damaged:
        raise CheckpointError(
            f"{folder}: {_listed(damaged)} must be finite numbers, and hold NaN or infinity."
        )
    for path, (named, tensor) in chosen.items():
        weights[path].assign(tensor.T if named.turned else tensor)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"
