"""One prediction laid beside one reference: what a scorer saw, for `explain`."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """A prediction and a reference after a scorer's normalisation, and what they share.

    Attributes:
        prediction: the normalised prediction.
        reference: the normalised reference.
        exact: whether the scorer calls them equal.
        prediction_tokens: the tokens that precision counts.
        reference_tokens: the tokens that recall counts.
        overlap: the shared tokens, by the scorer's idea of sharing (a contiguous run, or a bag).

    >>> shared = Comparison("ab", "abcd", False, ("a", "b"), ("a", "b", "c", "d"), ("a", "b"))
    >>> shared.precision, shared.recall, round(shared.f1, 3)
    (1.0, 0.5, 0.667)
    """

    prediction: str
    reference: str
    exact: bool
    prediction_tokens: Sequence[str]
    reference_tokens: Sequence[str]
    overlap: Sequence[str]

    @property
    def precision(self) -> float:
        """Shared tokens over predicted tokens; 0 when nothing is shared."""
        return len(self.overlap) / len(self.prediction_tokens) if self.overlap else 0.0

    @property
    def recall(self) -> float:
        """Shared tokens over reference tokens; 0 when nothing is shared."""
        return len(self.overlap) / len(self.reference_tokens) if self.overlap else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 when nothing is shared."""
        if not self.overlap:
            return 0.0
        precision, recall = self.precision, self.recall
        return 2 * precision * recall / (precision + recall)

    def lines(self) -> list[str]:
        """The comparison in words, one thought a line."""
        shared, predicted, expected = (
            len(self.overlap),
            len(self.prediction_tokens),
            len(self.reference_tokens),
        )
        return [
            f"normalised  {self.prediction!r} | {self.reference!r}",
            f"tokens      {_show(self.prediction_tokens)} | {_show(self.reference_tokens)}",
            f"overlap     {_show(self.overlap)}",
            f"precision   {shared}/{predicted} = {self.precision:.3f}"
            f"   recall {shared}/{expected} = {self.recall:.3f}"
            f"   F1 {self.f1:.3f}   exact {'yes' if self.exact else 'no'}",
        ]


def _show(tokens: Sequence[str]) -> str:
    return " ".join(token if token.strip() else repr(token) for token in tokens) or "(nothing)"
