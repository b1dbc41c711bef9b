"""A number that is known up to bounds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A number and its bounds.

    Of the ends of a spectrum one bound always holds: the largest eigenvalue is at least `low`, the smallest at most
    `high`. The other one is that of the residual: some eigenvalue lies within, but that it is the largest, or the
    smallest, rests on the random start vector. `Eigenvalues.ceiling` holds with a probability that is stated.

    Attributes:
        value: the best single guess.
        low: the lower bound.
        high: the upper bound.

    >>> print(Interval(2.0, 1.98, 2.05))
    2 (1.98 to 2.05)
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        low, high = f"{self.low:.4g}", f"{self.high:.4g}"
        return f"{self.value:.4g}" if low == high else f"{self.value:.4g} ({low} to {high})"

    def inverted(self, numerator: float) -> "Interval":
        """The bounds of numerator / number, for a positive one; infinite where it may be 0.

        >>> Interval(2.0, 1.0, 4.0).inverted(2.0)
        Interval(value=1.0, low=0.5, high=2.0)
        """

        def over(x: float) -> float:
            return numerator / x if x > 0 else float("inf")

        return Interval(over(self.value), over(self.high), over(self.low))
