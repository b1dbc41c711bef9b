"""The score of one question."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """How one prediction fares against the accepted answers of one question.

    Attributes:
        em: exact match (for SogouQA: accuracy; for WebQA: right or wrong), 0 or 1.
        f1: overlap with the best reference, in [0, 1].
    """

    em: float
    f1: float
