"""Metrics that take the best over the references."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maskplay.metrics.comparison import Comparison
from maskplay.metrics.row import Row, mean_over_all
from maskplay.metrics.score import Score


def is_blank(text: str) -> bool:
    """Whether the text is empty or blank."""
    return not text.strip()


@dataclass(frozen=True, slots=True)
class PairwiseMetric:
    """A metric that compares the prediction with each reference and keeps the best of each figure.

    A question without references is one that should not be answered: an empty prediction scores 1,
    any other 0. Scripts of benchmarks that have no such questions do not define this.

    Attributes:
        name: the metric's name.
        compare: lays a prediction beside one reference.
        average: from the questions' scores to the benchmark's.
        usable: the references worth comparing with (SQuAD 2.0 leaves out those that normalise to nothing).
        silent: whether a prediction says "no answer".
        answerless: whether the benchmark has questions that should not be answered.
    """

    name: str
    compare: Callable[[str, str], Comparison]
    average: Callable[[Sequence[Row]], Score] = mean_over_all
    usable: Callable[[Sequence[str]], Sequence[str]] = tuple
    silent: Callable[[str], bool] = is_blank
    answerless: bool = False

    def score(self, prediction: str, references: Sequence[str]) -> Score:
        """The best exact match and the best F1 over the references."""
        references = self.usable(references)
        if not references:
            return all_or_nothing(self.silent(prediction))
        found = [self.compare(prediction, reference) for reference in references]
        return Score(float(any(one.exact for one in found)), max(one.f1 for one in found))

    def explain(self, prediction: str, references: Sequence[str]) -> str:
        """The comparison with every reference, in words."""
        lines = [headline(self.name, prediction, self.score(prediction, references))]
        references = self.usable(references)
        if not references:
            lines.append(NO_REFERENCE)
        for number, reference in enumerate(references, 1):
            lines.append(f"  reference {number}: {reference!r}")
            lines += ["    " + line for line in self.compare(prediction, reference).lines()]
        return "\n".join(lines)

    def combine(self, rows: Sequence[Row]) -> Score:
        """The benchmark's score from its questions' scores."""
        return self.average(rows)


NO_REFERENCE = "  no accepted answer: only an empty prediction is right"


def all_or_nothing(right: bool) -> Score:
    """1 and 1, or 0 and 0."""
    return Score(float(right), float(right))


def headline(name: str, prediction: str, score: Score) -> str:
    """The first line of an explanation."""
    return f"{name}  EM {score.em:.0f}  F1 {score.f1:.3f}  prediction {prediction!r}"
