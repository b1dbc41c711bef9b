"""The reader of the posts: dilated gated convolutions over characters and words, and a global gate."""

from dataclasses import asdict, dataclass
from typing import Any

from maskplay.models.reader_network import ReaderNetwork
from maskplay.models.weight_shapes import Shapes, attention_pooling, dense, dilated_gated, hybrid_embedding


@dataclass(frozen=True)
class DGCNNReader:
    """Configuration of the DGCNN reader (Scientific Spaces 6906, after 5409).

    The question is read by a few dilated gated convolutions and pooled to one vector; the vector is joined to every
    character of the passage, which is read by more of them. Start and end are sigmoids, multiplied by a global gate
    that says whether the passage answers at all; trained with the focal loss.

    One difference: the post pools the passage to a vector before it is compared with the question's; here the gate is
    the pooled mean of one number per character, so that everything the network computes is local and a passage of
    any length can be read in pieces. Since all of the network sees the question, nothing but the embedding is saved
    when a passage is asked again.

    Args:
        vocabulary_size: character ids, padding and unknown included.
        word_count: rows of the word vectors, padding and unknown included.
        word_dim: length of the word vectors.
        width: channels.
        question_dilations: one dilated gated convolution each, over the question.
        passage_dilations: one dilated gated convolution each, over the passage.
        dropout: share of embedded values dropped in training.

    >>> DGCNNReader(vocabulary_size=50, word_count=20, word_dim=7).radius
    32
    """

    vocabulary_size: int
    word_count: int
    word_dim: int
    width: int = 128
    question_dilations: tuple[int, ...] = (1, 2, 1)
    passage_dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 1)
    dropout: float = 0.1

    # How the scores are trained and read; see `maskplay.reading.objectives`.
    objective = "focal"

    def to_dict(self) -> dict[str, Any]:
        """Give the configuration as JSON-able values."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    @property
    def radius(self) -> int:
        """How many characters to each side of a position can change its scores."""
        return sum(self.passage_dilations)

    def weight_shapes(self) -> Shapes:
        """Tell the shape of each trainable weight by its path."""
        width = self.width
        shapes = hybrid_embedding("embed", self.vocabulary_size, width, self.word_dim)
        for i, rate in enumerate(self.question_dilations):
            shapes |= dilated_gated(f"question_{i}_rate_{rate}", width)
        for i, rate in enumerate(self.passage_dilations):
            shapes |= dilated_gated(f"passage_{i}_rate_{rate}", width)
        return {
            **shapes,
            **attention_pooling("pool_question", width, width),
            **dense("join", 2 * width, width, bias=False),
            **dense("hidden", width, width),
            **dense("scores", width, 5),
        }

    def build(self) -> ReaderNetwork:
        """Make the network in Keras, with fresh weights."""
        from maskplay.models import dgcnn_keras

        return dgcnn_keras.build(self)
