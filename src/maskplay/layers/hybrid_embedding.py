"""Characters and the words around them (Scientific Spaces 6906)."""

from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.layers._dense import Dense
from maskplay.layers.composite import Composite
from maskplay.masks import keep


@keras.saving.register_keras_serializable("maskplay")
class HybridEmbedding(Composite):
    """The vector of each character, plus that of the word it is part of (Scientific Spaces 6906).

    Characters are learned. Words are pretrained and frozen, and come in through a projection without bias.
    Character id 0 is padding: it gives zeros, and the output carries the mask `char_ids != 0`.

    Args:
        characters: Size of the vocabulary of characters.
        dim: Width of the output.
        word_vectors: The frozen matrix `(words, width)`; or that pair of sizes, for zeros to be filled by
            loading. Only the sizes enter the config: the matrix is saved with the weights.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        char_ids: Integers `(batch, length)`.
        word_ids: Integers `(batch, length)`: at each character, the id of its word.

    Returns:
        `(batch, length, dim)`.

    >>> import numpy as np
    >>> layer = HybridEmbedding(characters=11, dim=5, word_vectors=np.ones((7, 3)))
    >>> layer(np.array([[4, 9, 0]]), np.array([[2, 2, 0]])).shape
    (1, 3, 5)
    >>> len(layer.trainable_weights), len(layer.non_trainable_weights)
    (2, 1)
    """

    def __init__(self, characters: int, dim: int, word_vectors: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        matrix = None if _is_pair(word_vectors) else np.asarray(word_vectors)
        shape = tuple(word_vectors) if matrix is None else matrix.shape
        if len(shape) != 2:
            raise ValueError(
                "word_vectors must be a matrix (words, width), or that pair of sizes. "
                f"Received: an array of shape {shape}"
            )
        self._arguments["word_vectors"] = tuple(int(size) for size in shape)
        self.characters = keras.layers.Embedding(characters, dim)
        self.words = keras.layers.Embedding(
            *self._arguments["word_vectors"],
            embeddings_initializer="zeros" if matrix is None else keras.initializers.Constant(matrix),
            trainable=False,
        )
        self.projection = Dense(dim, use_bias=False)

    def call(self, char_ids: Any, word_ids: Any) -> Any:
        both = self.characters(char_ids) + self.projection(self.words(word_ids))
        return keep(both, ops.not_equal(char_ids, 0))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        return ops.not_equal(inputs, 0)


def _is_pair(word_vectors: Any) -> bool:
    return (
        isinstance(word_vectors, tuple | list)
        and len(word_vectors) == 2
        and all(isinstance(size, int) for size in word_vectors)
    )
