"""Which characters of a passage stand in the question, alone or in runs."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("maskplay")
class ExactMatch(keras.layers.Layer):
    """Features that say where runs of passage ids stand in the question as well.

    The co-occurrence features of Scientific Spaces 5409, made inside the network: for each `n` of `ngrams` and each
    passage position, whether some run of `n` equal ids that covers the position stands in the question ("any"), and
    the sum, over the question positions matched, of the weights given to them ("weighted").

    Ids 0 (padding) and 1 (unknown) never match. The layer has no weights.

    Args:
        ngrams: lengths of the runs, each at least 1.

    Call arguments:
        passage: integer ids `(batch, length)`.
        question: integer ids `(batch, question_length)`.
        weights: importances of the question's positions `(batch, question_length, heads)`.

    Output shape:
        `(batch, length, len(ngrams) * (1 + heads))`, 0 at positions that match nothing.

    >>> import numpy as np
    >>> passage, question = np.array([[5, 6, 7, 0]]), np.array([[6, 7, 5]])
    >>> weights = np.array([[[0.5], [0.25], [0.25]]], "float32")
    >>> np.asarray(ExactMatch(ngrams=(1, 2))(passage, question, weights))[0].tolist()
    [[1.0, 0.0, 0.25, 0.0], [1.0, 1.0, 0.5, 0.5], [1.0, 1.0, 0.25, 0.25], [0.0, 0.0, 0.0, 0.0]]
    """

    def __init__(self, ngrams: Sequence[int] = (1, 2, 3, 4), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ngrams = tuple(int(n) for n in ngrams)
        if not self.ngrams or min(self.ngrams) < 1:
            raise ValueError(f"ngrams must be one or more whole numbers from 1. Received: ngrams={ngrams}")

    def call(self, passage: Any, question: Any, weights: Any) -> Any:
        beyond = max(self.ngrams) - 1  # ids of padding around both, so that cells are moved by cutting
        passage, question = (ops.pad(ids, [[0, 0], [beyond, beyond]]) for ids in (passage, question))
        equal = ops.logical_and(passage[:, :, None] == question[:, None, :], question[:, None, :] > 1)
        matches = [ops.cast(_covered(equal, n, beyond), weights.dtype) for n in self.ngrams]
        some = [ops.max(match, axis=-1, keepdims=True) for match in matches]
        weighted = [ops.matmul(match, weights) for match in matches]
        return ops.concatenate(some + weighted, axis=-1)

    def compute_output_spec(self, passage: Any, question: Any, weights: Any) -> keras.KerasTensor:
        features = len(self.ngrams) * (1 + weights.shape[-1])
        return keras.KerasTensor((*passage.shape, features), dtype=weights.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "ngrams": list(self.ngrams)}


def _covered(equal: Any, n: int, beyond: int) -> Any:
    """Mark the cells `(i, j)` that lie on a diagonal run of at least `n` equal cells: `(batch, length, question)`.

    Args:
        equal: `(batch, length + 2 * beyond, question + 2 * beyond)`.
        n: length of the runs.
        beyond: cells around those that are marked, at least `n - 1`.
    """
    rows, columns = (ops.shape(equal)[axis] - 2 * beyond for axis in (1, 2))

    def moved(cells: Any, step: int, wider: int = 0) -> Any:
        return cells[:, step : step + rows + wider, step : step + columns + wider]

    first = beyond - n + 1  # where the first run begins that reaches a marked cell
    starts = moved(equal, first, n - 1)
    for step in range(1, n):
        starts = ops.logical_and(starts, moved(equal, first + step, n - 1))
    covered = moved(starts, 0)
    for step in range(1, n):
        covered = ops.logical_or(covered, moved(starts, step))
    return covered
