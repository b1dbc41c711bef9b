"""Trained weights into a network."""

from collections.abc import Mapping

import numpy as np

from maskplay.models import ReaderNetwork


def set_weights(
    network: ReaderNetwork, weights: Mapping[str, np.ndarray] | None, word_vectors: np.ndarray
) -> None:
    """Give a Keras network its weights and its frozen word vectors.

    Args:
        network: with a trainer.
        weights: by path, one for each trainable weight; None leaves them as they are.
        word_vectors: `(words, dim)`.
    """
    trainer = network.trainer
    if weights is not None:
        for variable in trainer.trainable_variables:
            variable.assign(weights[variable.path])
    for variable in trainer.non_trainable_variables:
        if variable.path.endswith("words/embeddings"):
            variable.assign(word_vectors)
