"""The reader we recommend: convolutions that read the passage once, and a narrow part that asks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from maskplay.models import aligned_numpy
from maskplay.models.reader_network import ReaderNetwork
from maskplay.models.weight_shapes import Shapes, dense, dilated_gated, hybrid_embedding, normalization


@dataclass(frozen=True)
class AlignedReader:
    """Configuration of the aligned reader, in the spirit of the DGCNN reader (Scientific Spaces 5409, 6906).

    Dilated gated convolutions encode passage and question with the same weights. The asker aligns every character of
    the passage with the characters of the question, adds exact-match features, and reads the result with narrower
    dilated gated convolutions. Every layer that sees the question is narrow, so an extra question is cheap.

    Args:
        vocabulary_size: character ids, padding and unknown included.
        word_count: rows of the word vectors, padding and unknown included.
        word_dim: length of the word vectors.
        width: channels of the encoder.
        encoder_dilations: one dilated gated convolution each.
        key_dim: channels of the alignment, for each of the embedded and the encoded characters.
        asker_width: channels of the asker.
        asker_dilations: one dilated gated convolution each.
        heads: learned ways of weighing the question's characters in the exact-match features.
        ngrams: lengths of the exact matches.
        dropout: share of channels dropped in training.

    >>> AlignedReader(vocabulary_size=50, word_count=20, word_dim=7).radius
    88
    """

    vocabulary_size: int
    word_count: int
    word_dim: int
    width: int = 128
    encoder_dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1, 2, 4, 8, 1)
    key_dim: int = 64
    asker_width: int = 64
    asker_dilations: tuple[int, ...] = (1, 3, 9, 27, 1)
    heads: int = 4
    ngrams: tuple[int, ...] = (1, 2, 3, 4)
    dropout: float = 0.15

    # How the scores are trained and read; see `maskplay.reading.objectives`.
    objective = "softmax"

    def to_dict(self) -> dict[str, Any]:
        """Give the configuration as JSON-able values."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    @property
    def radius(self) -> int:
        """How many characters to each side of a position can change its scores."""
        reach = sum(self.encoder_dilations) + sum(self.asker_dilations)
        # An n-gram that covers a position may begin or end n - 1 characters away.
        return max(reach, sum(self.asker_dilations) + max(self.ngrams) - 1)

    def weight_shapes(self) -> Shapes:
        """Tell the shape of each trainable weight by its path."""
        width, narrow = self.width, self.asker_width
        features = 4 * narrow + (len(self.ngrams) + 1) * (1 + self.heads)
        shapes = hybrid_embedding("embed", self.vocabulary_size, width, self.word_dim)
        for name, size in (("embedded", width), ("encoded", width), ("asked", narrow)):
            shapes |= normalization(f"norm_{name}", size)
        for name in ("key_embedded", "key_encoded"):
            shapes |= dense(name, width, self.key_dim, bias=False)
        for name in ("passage", "aligned", "summary"):
            shapes |= dense(f"project_{name}", width, narrow, bias=False)
        for i, rate in enumerate(self.encoder_dilations):
            shapes |= dilated_gated(f"encode_{i}_rate_{rate}", width)
        for i, rate in enumerate(self.asker_dilations):
            shapes |= dilated_gated(f"ask_{i}_rate_{rate}", narrow)
        return {
            **shapes,
            **dense("weigh", width, self.heads),
            **dense("weigh_summary", width, 1),
            **dense("fuse", features, narrow),
            **dense("condition", width, narrow),
            **dense("scores", narrow, 5),
        }

    def build(self) -> ReaderNetwork:
        """Make the network in Keras, with fresh weights."""
        from maskplay.models import aligned_keras

        return aligned_keras.build(self)

    def in_numpy(self, weights: Mapping[str, np.ndarray], word_vectors: np.ndarray) -> ReaderNetwork:
        """Make the network in NumPy, which is ready at once: nothing is imported, traced or compiled.

        Args:
            weights: the trainable weights by their paths in the Keras network.
            word_vectors: `(word_count, word_dim)`.
        """
        return aligned_numpy.build(self, weights, word_vectors)
