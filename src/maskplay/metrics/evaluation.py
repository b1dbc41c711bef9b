"""From predictions to a benchmark's figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from maskplay.metrics.metric import Metric
from maskplay.metrics.registry import get
from maskplay.metrics.row import Row
from maskplay.metrics.score import Score


class Question(Protocol):
    """What an evaluation needs to know of an example."""

    @property
    def id(self) -> str:
        """The question's id."""

    @property
    def answers(self) -> Sequence[str]:
        """Every accepted answer; empty when the question has none."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one benchmark.

    Attributes:
        metric: the name of the metric.
        em: exact match, 0 to 100 (SogouQA: accuracy; WebQA: recall).
        f1: F1, 0 to 100.
        count: how many questions there are.
        skipped: how many of them have no prediction.
        unknown: ids of predictions that belong to no question; they were ignored.
        rows: one row per question, in the order given.
    """

    metric: str
    em: float
    f1: float
    count: int
    skipped: int
    unknown: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def average(self) -> float:
        """The mean of `em` and `f1`, 0 to 100: the final figure of CMRC and SogouQA."""
        return (self.em + self.f1) / 2


def evaluate(
    examples: Iterable[Question], predictions: Mapping[str, str], metric: str | Metric = "cmrc"
) -> Evaluation:
    """Score predictions by a benchmark's own rules.

    Args:
        examples: questions with `id` and `answers`, such as `maskplay.datasets` loads.
        predictions: question id -> predicted answer; an empty string says "no answer".
        metric: a metric or its name.

    Returns:
        The benchmark's figures and one row per question.

    Raises:
        TypeError: if a prediction is not a string.
        ValueError: if no metric has that name.

    >>> from types import SimpleNamespace
    >>> asked = [SimpleNamespace(id="1", answers=("382米",)), SimpleNamespace(id="2", answers=("广州",))]
    >>> result = evaluate(asked, {"1": "382米"}, "cmrc")
    >>> result.em, result.f1, result.count, result.skipped
    (50.0, 50.0, 2, 1)
    """
    chosen = get(metric) if isinstance(metric, str) else metric
    rows = tuple(_row(example, predictions, chosen) for example in examples)
    total = chosen.combine(rows)
    known = {row.id for row in rows}
    return Evaluation(
        metric=chosen.name,
        em=100 * total.em,
        f1=100 * total.f1,
        count=len(rows),
        skipped=sum(row.prediction is None for row in rows),
        unknown=tuple(id for id in predictions if id not in known),
        rows=rows,
    )


def _row(example: Question, predictions: Mapping[str, str], metric: Metric) -> Row:
    prediction, references = predictions.get(example.id), tuple(example.answers)
    if prediction is None:
        return Row(example.id, None, references, Score(0.0, 0.0))
    if not isinstance(prediction, str):
        raise TypeError(
            f"a prediction must be a string, but that of {example.id!r} is {type(prediction).__name__} "
            f"({prediction!r}): pass str(...) of it, or '' for no answer"
        )
    return Row(example.id, prediction, references, metric.score(prediction, references))
