"""What every metric offers."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from maskplay.metrics.row import Row
from maskplay.metrics.score import Score


@runtime_checkable
class Metric(Protocol):
    """A benchmark's own rules: how a prediction is scored, explained and averaged."""

    @property
    def name(self) -> str:
        """The name under which `maskplay.metrics.get` finds it."""

    @property
    def answerless(self) -> bool:
        """Whether the benchmark has questions that should not be answered."""

    def score(self, prediction: str, references: Sequence[str]) -> Score:
        """The score of one prediction.

        Args:
            prediction: the predicted answer; empty for "no answer".
            references: every accepted answer; empty when the question has none.
        """

    def explain(self, prediction: str, references: Sequence[str]) -> str:
        """The same in words: normalised forms, tokens, what overlaps, precision and recall."""

    def combine(self, rows: Sequence[Row]) -> Score:
        """The score of a whole benchmark, in [0, 1], by the benchmark's own way of averaging."""
