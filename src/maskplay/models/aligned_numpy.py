"""The aligned reader's network in NumPy: the same numbers as in Keras, without waiting for a compiler."""

from collections.abc import Mapping, Sequence

import numpy as np

_EPSILON = 1e-6


class AlignedEncoder:
    """The encoder of an aligned reader; see `maskplay.models.ReaderNetwork`.

    Args:
        weights: by their paths in the Keras network.
        word_vectors: `(words, dim)`.
        dilations: of the dilated gated convolutions.
    """

    def __init__(
        self, weights: Mapping[str, np.ndarray], word_vectors: np.ndarray, dilations: Sequence[int]
    ) -> None:
        self._weights = weights
        self._dilations = dilations
        self._word_vectors = word_vectors

    def predict_on_batch(self, x: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Encode `characters` and `words` `(rows, length)` to `encoded` and `keys` `(rows, length, dim)`."""
        weights = self._weights
        kept = x["characters"] != 0
        embedded = weights["embed/characters/embeddings"][x["characters"]]
        embedded += self._word_vectors[x["words"]] @ weights["embed/projection/kernel"]
        embedded = _normalized(_kept(embedded, kept), weights, "norm_embedded")
        encoded = embedded
        for i, rate in enumerate(self._dilations):
            encoded = _dilated_gated(encoded, kept, weights, f"encode_{i}_rate_{rate}", rate)
        encoded = _normalized(encoded, weights, "norm_encoded")
        keys = [embedded @ weights["key_embedded/kernel"], encoded @ weights["key_encoded/kernel"]]
        return {"encoded": encoded, "keys": np.maximum(np.concatenate(keys, axis=-1), 0)}


class AlignedAsker:
    """The asker of an aligned reader; see `maskplay.models.ReaderNetwork`.

    Args:
        weights: by their paths in the Keras network.
        encoder: encodes the questions.
        dilations: of the dilated gated convolutions.
        ngrams: lengths of the exact matches.
    """

    def __init__(
        self,
        weights: Mapping[str, np.ndarray],
        encoder: AlignedEncoder,
        dilations: Sequence[int],
        ngrams: Sequence[int],
    ) -> None:
        self._weights = weights
        self._encoder = encoder
        self._dilations = dilations
        self._ngrams = ngrams

    def predict_on_batch(self, x: Mapping[str, np.ndarray]) -> np.ndarray:
        """Score pairs of question and encoded passage: `(pairs, length, 5)`."""
        weights, row = self._weights, x["row"]
        asked = self._encoder.predict_on_batch(
            {"characters": x["question_characters"], "words": x["question_words"]}
        )
        characters = x["passage_characters"][row]
        kept, question_kept = characters != 0, x["question_characters"] != 0
        question_words = np.where(question_kept, x["question_words"], 0)
        projected = (x["encoded"] @ weights["project_passage/kernel"])[row]
        similarity = x["keys"][row] @ asked["keys"].transpose(0, 2, 1)
        similarity /= np.float32((asked["keys"].shape[-1] / 2) ** 0.5)
        alignment = _softmax(similarity, question_kept[:, None, :], axis=2)
        aligned = alignment @ (asked["encoded"] @ weights["project_aligned/kernel"])
        importance = _softmax(_dense(asked["encoded"], weights, "weigh"), question_kept[:, :, None], axis=1)
        pooling = _softmax(
            _dense(asked["encoded"], weights, "weigh_summary"), question_kept[:, :, None], axis=1
        )
        summary = (pooling * asked["encoded"]).sum(axis=1, keepdims=True)
        features = [
            projected,
            aligned,
            projected * aligned,
            projected * (summary @ weights["project_summary/kernel"]),
            _matches(characters, x["question_characters"], importance, self._ngrams),
            _matches(x["passage_words"][row], question_words, importance, (1,)),
        ]
        hidden = np.maximum(_dense(np.concatenate(features, axis=-1), weights, "fuse"), 0)
        hidden += _dense(summary, weights, "condition")
        for i, rate in enumerate(self._dilations):
            hidden = _dilated_gated(hidden, kept, weights, f"ask_{i}_rate_{rate}", rate)
        return _kept(_dense(_normalized(hidden, weights, "norm_asked"), weights, "scores"), kept)


def _kept(x: np.ndarray, kept: np.ndarray) -> np.ndarray:
    x[~kept] = 0
    return x


def _dense(x: np.ndarray, weights: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    y = x @ weights[f"{name}/kernel"]
    y += weights[f"{name}/bias"]
    return y


def _normalized(x: np.ndarray, weights: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.einsum("...i,...i->...", centred, centred)[..., None] / x.shape[-1]
    centred *= 1 / np.sqrt(variance + _EPSILON)
    centred *= weights[f"{name}/gamma"]
    centred += weights[f"{name}/beta"]
    return centred


def _dilated_gated(
    x: np.ndarray, kept: np.ndarray, weights: Mapping[str, np.ndarray], name: str, rate: int
) -> np.ndarray:
    """One `maskplay.layers.DilatedGatedConv1D`; the convolution is one product with the shifted inputs side by side."""
    kernel, bias = weights[f"{name}/convolution/kernel"], weights[f"{name}/convolution/bias"]
    size, width, doubled = kernel.shape
    x = np.where(kept[:, :, None], x, np.float32(0))
    rows, length, _ = x.shape
    reach = rate * (size - 1) // 2
    padded = np.zeros((rows, length + 2 * reach, width), x.dtype)
    padded[:, reach : reach + length] = x
    shifted = np.concatenate([padded[:, i * rate : i * rate + length] for i in range(size)], axis=-1)
    both = shifted.reshape(-1, size * width) @ kernel.reshape(-1, doubled)
    both += bias
    both = both.reshape(rows, length, doubled)
    candidate, gate = both[..., : doubled // 2], both[..., doubled // 2 :]
    np.negative(gate, out=gate)
    np.exp(np.minimum(gate, 80, out=gate), out=gate)
    gate += 1
    candidate -= x
    candidate /= gate
    x += candidate
    return _kept(x, kept)


def _softmax(x: np.ndarray, kept: np.ndarray, axis: int) -> np.ndarray:
    """Softmax over what is kept; 0 where nothing is."""
    x = np.where(kept, x, -np.inf)
    peak = x.max(axis=axis, keepdims=True)
    exponentials = np.exp(x - np.where(np.isfinite(peak), peak, 0))
    total = exponentials.sum(axis=axis, keepdims=True)
    return (exponentials / np.where(total > 0, total, 1)).astype(np.float32)


def _matches(
    passage: np.ndarray, question: np.ndarray, weights: np.ndarray, ngrams: Sequence[int]
) -> np.ndarray:
    """The features of `maskplay.layers.ExactMatch`."""
    equal = (passage[:, :, None] == question[:, None, :]) & (question > 1)[:, None, :]
    matches = [_covered(equal, n).astype(np.float32) for n in ngrams]
    some = [match.max(axis=-1, keepdims=True) for match in matches]
    return np.concatenate([*some, *(match @ weights for match in matches)], axis=-1)


def _covered(equal: np.ndarray, n: int) -> np.ndarray:
    """Mark the cells of diagonal runs of at least `n` equal cells."""
    rows, columns = equal.shape[1] - n + 1, equal.shape[2] - n + 1
    if n == 1 or rows < 1 or columns < 1:
        return equal if n == 1 else np.zeros_like(equal)
    starts = np.logical_and.reduce([equal[:, i : i + rows, i : i + columns] for i in range(n)])
    covered = np.zeros_like(equal)
    for i in range(n):
        covered[:, i : i + rows, i : i + columns] |= starts
    return covered
