"""The aligned reader's network in NumPy: the same numbers as in Keras, without waiting for a compiler."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from maskplay.models.reader_network import ReaderNetwork

if TYPE_CHECKING:
    from maskplay.models.aligned_reader import AlignedReader

_EPSILON = 1e-6


def build(
    config: "AlignedReader", weights: Mapping[str, np.ndarray], word_vectors: np.ndarray
) -> ReaderNetwork:
    """Make the network; see `AlignedReader.in_numpy`."""
    trunk = _Trunk(weights, word_vectors, config.encoder_dilations)
    asker = _Asker(weights, config.asker_dilations, config.ngrams)
    return ReaderNetwork(_PassageEncoder(trunk), _QuestionEncoder(trunk), asker, config.radius)


class _Trunk:
    """What reads passages and questions alike.

    Args:
        weights: by their paths in the Keras network.
        word_vectors: `(words, dim)`.
        dilations: of the dilated gated convolutions.
    """

    def __init__(
        self, weights: Mapping[str, np.ndarray], word_vectors: np.ndarray, dilations: Sequence[int]
    ) -> None:
        self.weights = weights
        self._dilations = dilations
        self._word_vectors = word_vectors

    def __call__(self, x: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Give the codes and the keys `(rows, length, dim)` of `characters` and `words` `(rows, length)`."""
        weights = self.weights
        kept = x["characters"] != 0
        embedded = weights["embed/characters/embeddings"][x["characters"]]
        embedded += self._word_vectors[x["words"]] @ weights["embed/projection/kernel"]
        embedded = _normalized(_kept(embedded, kept), weights, "norm_embedded")
        encoded = embedded
        for i, rate in enumerate(self._dilations):
            encoded = _dilated_gated(encoded, kept, weights, f"encode_{i}_rate_{rate}", rate)
        encoded = _normalized(encoded, weights, "norm_encoded")
        keys = [embedded @ weights["key_embedded/kernel"], encoded @ weights["key_encoded/kernel"]]
        return encoded, np.maximum(np.concatenate(keys, axis=-1), 0)


@dataclass(frozen=True)
class _PassageEncoder:
    trunk: _Trunk

    def predict_on_batch(self, x: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        encoded, keys = self.trunk(x)
        weights = self.trunk.weights
        return {"passage_keys": keys, "passage_projected": encoded @ weights["project_passage/kernel"]}


@dataclass(frozen=True)
class _QuestionEncoder:
    trunk: _Trunk

    def predict_on_batch(self, x: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        encoded, keys = self.trunk(x)
        weights, kept = self.trunk.weights, (x["characters"] != 0)[:, :, None]
        summary = (_softmax(_dense(encoded, weights, "weigh_summary"), kept, axis=1) * encoded).sum(axis=1)
        return {
            "question_keys": keys,
            "question_values": encoded @ weights["project_aligned/kernel"],
            "question_weights": _softmax(_dense(encoded, weights, "weigh"), kept, axis=1),
            "question_scale": summary @ weights["project_summary/kernel"],
            "question_shift": _dense(summary, weights, "condition"),
        }


@dataclass(frozen=True)
class _Asker:
    weights: Mapping[str, np.ndarray]
    dilations: Sequence[int]
    ngrams: Sequence[int]

    def predict_on_batch(self, x: Mapping[str, np.ndarray]) -> np.ndarray:
        weights, row = self.weights, x["row"]
        characters, question, importance = (
            x["passage_characters"][row],
            x["question_characters"],
            x["question_weights"],
        )
        kept, question_kept = characters != 0, question != 0
        question_words = np.where(question_kept, x["question_words"], 0)
        projected = x["passage_projected"][row]
        similarity = x["passage_keys"][row] @ x["question_keys"].transpose(0, 2, 1)
        similarity /= np.float32((x["question_keys"].shape[-1] / 2) ** 0.5)
        aligned = _softmax(similarity, question_kept[:, None, :], axis=2) @ x["question_values"]
        features = [
            projected,
            aligned,
            projected * aligned,
            projected * x["question_scale"][:, None, :],
            _matches(characters, question, importance, self.ngrams),
            _matches(x["passage_words"][row], question_words, importance, (1,)),
        ]
        hidden = np.maximum(_dense(np.concatenate(features, axis=-1), weights, "fuse"), 0)
        hidden += x["question_shift"][:, None, :]
        for i, rate in enumerate(self.dilations):
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
