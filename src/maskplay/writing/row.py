"""One example as a network is trained on it: all that an objective chooses."""

from typing import NamedTuple

import numpy as np


class Row(NamedTuple):
    """Tokens, who sees whom among them, and what is to be said of them; int32 `(positions,)` each.

    Attributes:
        tokens: what the network reads.
        segments: 0 for the source, 1 for the target.
        positions: where each stands in its text.
        ranks: a token sees those whose rank is at most its own (Scientific Spaces 6933).
        seen: 1 where others may look; 0 for a token that only asks.
        labels: what the network is to say of each; 0 for nothing.
    """

    tokens: np.ndarray
    segments: np.ndarray
    positions: np.ndarray
    ranks: np.ndarray
    seen: np.ndarray
    labels: np.ndarray


class Encoded(NamedTuple):
    """A pair as tokens, int32 each.

    Attributes:
        source: those of the source; none where there is only a target.
        target: those of the target.
        words: the word of each, source and target together; empty where nobody asks for words.
    """

    source: np.ndarray
    target: np.ndarray
    words: np.ndarray


class Marks(NamedTuple):
    """The tokens that an objective puts around texts and into them.

    Attributes:
        start: before the source.
        end: behind the source, and behind the target.
        mask: in the place of a token that is to be guessed.
        others: ids of ordinary tokens.
    """

    start: int
    end: int
    mask: int
    others: np.ndarray


def joined(example: Encoded, marks: Marks) -> tuple[np.ndarray, np.ndarray]:
    """Give tokens and segments of a pair: start, source, end, target, end; without a source: start, target, end."""
    parts = [example.source, example.target] if len(example.source) else [example.target]
    tokens, segments = [np.array([marks.start], "int32")], [np.zeros(1, "int32")]
    for number, part in enumerate(parts):
        tokens += [part, np.array([marks.end], "int32")]
        segments.append(np.full(len(part) + 1, number, "int32"))
    return np.concatenate(tokens), np.concatenate(segments)


def joined_length(example: Encoded) -> int:
    """Count the tokens of `joined`."""
    marks = 3 if len(example.source) else 2
    return len(example.source) + len(example.target) + marks


def positions(count: int) -> np.ndarray:
    """Give 0, 1, 2, …"""
    return np.arange(count, dtype="int32")


def ones(count: int) -> np.ndarray:
    """Give ones."""
    return np.ones(count, "int32")
