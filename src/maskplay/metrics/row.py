"""One question of an evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass

from maskplay.metrics.score import Score


@dataclass(frozen=True, slots=True)
class Row:
    """One question of an evaluation.

    Attributes:
        id: the question's id.
        prediction: the predicted answer; None when no prediction was given.
        references: every accepted answer.
        score: the question's own score; zero when no prediction was given.
    """

    id: str
    prediction: str | None
    references: tuple[str, ...]
    score: Score


def mean_over_all(rows: Sequence[Row]) -> Score:
    """The mean over every question; one without a prediction counts as zero."""
    if not rows:
        return Score(0.0, 0.0)
    return Score(sum(row.score.em for row in rows) / len(rows), sum(row.score.f1 for row in rows) / len(rows))


def mean_over_submitted(rows: Sequence[Row]) -> Score:
    """The mean over the questions that have a prediction: what some official scripts do."""
    return mean_over_all([row for row in rows if row.prediction is not None])
