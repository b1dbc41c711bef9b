"""Tensors that have a row for each token of the vocabulary."""

from collections.abc import Sequence

import numpy as np

from maskplay.models.checkpoints.checkpoint_error import CheckpointError
from maskplay.models.checkpoints.tensors import Tensors

_TABLES = ("embeddings.word_embeddings.weight", "predictions.decoder.weight", "generator_lm_head.weight")
_BIASES = ("predictions.bias", "predictions.decoder.bias", "generator_lm_head.bias")
TOKEN_ROWS = (*_TABLES, *_BIASES)
"""How their names end."""


def names_of_token_rows(tensors: Tensors) -> list[str]:
    """Name those of some tensors."""
    return [name for name in tensors if name.endswith(TOKEN_ROWS)]


def with_all_rows(name: str, kept: np.ndarray, ids: Sequence[int], full: Tensors, tokens: int) -> np.ndarray:
    """Give a tensor with the rows of all tokens: its own, and for the others those of a full checkpoint.

    A checkpoint may have only one of two tensors that are tied, and none of a head that was begun afterwards: what the
    others say of a token there is 0, as in a fresh head.

    Args:
        name: of the tensor, with the name of its network in front.
        kept: its rows.
        ids: which tokens these are of.
        full: the full checkpoint's tensors, named in the same way.
        tokens: how many rows the full checkpoint has.

    Raises:
        CheckpointError: The two do not fit.
    """
    tied = _TABLES if name.endswith(_TABLES) else _BIASES
    found = [name] if name in full else [other for other in full if other.endswith(tied)]
    if not found and tied is _TABLES:
        raise CheckpointError(
            f"The full checkpoint must have {name}. It lacks it: name the one that was pruned."
        )
    whole = full[found[0]].copy() if found else np.zeros((tokens, *kept.shape[1:]), kept.dtype)
    if whole.shape != (tokens, *kept.shape[1:]):
        raise CheckpointError(
            f"{name} of the full checkpoint must have the shape {(tokens, *kept.shape[1:])}. It has: {whole.shape}. "
            "Name the one that was pruned."
        )
    whole[list(ids)] = kept
    return whole
