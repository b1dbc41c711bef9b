"""How many floating point operations the matrix products of a reader need, from its configuration.

Only products of matrices and convolutions count, two operations for each multiply-add. Normalizations, gates,
softmaxes, look-ups and padding do not: a share of the peak computed from these counts is work that had to be done.
(At the edges of a text a convolution also multiplies zeros, which are counted: 1 to 4 % more than XLA counts.)
"""

from collections.abc import Iterable

from maskplay.models import AlignedReader, DGCNNReader

KERNEL = 3  # positions that a dilated gated convolution combines


def dense(inputs: int, units: int) -> int:
    """Operations of a dense layer for each position.

    >>> dense(3, 5)
    30
    """
    return 2 * inputs * units


def gated_convolution(width: int) -> int:
    """Operations of a dilated gated convolution for each position: it makes a candidate and a gate.

    >>> gated_convolution(128)
    196608
    """
    return dense(KERNEL * width, 2 * width)


def encoder(config: AlignedReader | DGCNNReader) -> int:
    """Operations that encode one character."""
    embedded = dense(config.word_dim, config.width)
    if isinstance(config, DGCNNReader):
        return embedded
    blocks = len(config.encoder_dilations) * gated_convolution(config.width)
    return embedded + blocks + 2 * dense(config.width, config.key_dim)


def passage(config: AlignedReader | DGCNNReader) -> int:
    """Operations for each character of a passage that no question changes."""
    if isinstance(config, DGCNNReader):
        return encoder(config)
    return encoder(config) + dense(config.width, config.asker_width)


def question(config: AlignedReader | DGCNNReader, length: int) -> int:
    """Operations that encode one question, whatever it is asked of.

    Args:
        config: the network's.
        length: characters of the question.
    """
    width = config.width
    if isinstance(config, DGCNNReader):
        blocks = len(config.question_dilations) * gated_convolution(width)
        return length * (encoder(config) + blocks + dense(width, width) + dense(width, 1))
    # Each character is encoded, projected and weighed; the summary of all is projected twice.
    of_character = encoder(config) + dense(width, config.asker_width) + dense(width, config.heads + 1)
    return length * of_character + 2 * dense(width, config.asker_width)


def pair(config: AlignedReader | DGCNNReader, length: int, question: int) -> int:
    """Operations that ask one encoded question of one encoded passage.

    Args:
        config: the network's.
        length: characters of the passage.
        question: characters of the question.
    """
    asked = _dgcnn_pair if isinstance(config, DGCNNReader) else _aligned_pair
    return asked(config, length, question)  # type: ignore[arg-type]


def reading(
    config: AlignedReader | DGCNNReader,
    passages: Iterable[int],
    questions: Iterable[int],
    pairs: Iterable[tuple[int, int]],
) -> int:
    """Operations that answer questions.

    Args:
        config: the network's.
        passages: lengths of the distinct passages; each is encoded once.
        questions: lengths of the questions; each is encoded once.
        pairs: for each question and each passage of it, the lengths of the passage and of the question.
    """
    of_texts = passage(config) * sum(passages) + sum(question(config, length) for length in questions)
    return of_texts + sum(pair(config, *lengths) for lengths in pairs)


def _aligned_pair(config: AlignedReader, length: int, question: int) -> int:
    narrow = config.asker_width
    matches = len(config.ngrams) + 1  # and one of words
    features = 4 * narrow + matches * (1 + config.heads)
    # Each character of the passage with each of the question: similarity, alignment, weights of the matches.
    of_both = 2 * (2 * config.key_dim + narrow + matches * config.heads)
    # Each character of the passage: the features fused, read, scored.
    blocks = len(config.asker_dilations) * gated_convolution(narrow)
    of_passage = dense(features, narrow) + blocks + dense(narrow, 5)
    return length * question * of_both + length * of_passage


def _dgcnn_pair(config: DGCNNReader, length: int, question: int) -> int:
    width = config.width
    of_passage = dense(2 * width, width) + len(config.passage_dilations) * gated_convolution(width)
    of_passage += dense(width, width) + dense(width, 5)
    return length * of_passage
