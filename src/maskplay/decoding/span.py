"""A stretch of a passage with its score."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a passage with its score.

    Attributes:
        start: offset of the first character.
        end: offset behind the last character, so that `passage_text[start:end]` is the answer.
        score: log-probability or probability; the bigger the better.
        passage: index of the passage among those asked.
    """

    start: int
    end: int
    score: float
    passage: int = 0

    @property
    def length(self) -> int:
        """Number of characters."""
        return self.end - self.start
