"""What a test of independence found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TestResult:
    """What a test of independence found.

    Attributes:
        statistic: the biased estimate of HSIC, on which the test rests (joint and conditional tests: theirs).
        p_value: probability of a statistic as large, or larger, if the variables were independent.
        method: how the p-value was found.
        samples: how many.
        permutations: random orders, or random draws, that it was compared with; 0 where none were.
        null_mean: mean of the statistic under independence.
        null_deviation: its standard deviation.
        kernels: those used, with their widths, as text.
        residual: share of the kernels' traces that low-rank features left out; 0 where matrices were exact.

    >>> TestResult(0.5, 0.001, "gamma", 100, 0, 0.1, 0.05).z
    8.0
    """

    __test__ = False  # not a test of ours, whatever pytest thinks

    statistic: float
    p_value: float
    method: str
    samples: int
    permutations: int
    null_mean: float
    null_deviation: float
    kernels: tuple[str, ...] = ()
    residual: float = 0.0

    @property
    def z(self) -> float:
        """How many standard deviations above what independence gives; 0 where that does not vary."""
        return (self.statistic - self.null_mean) / self.null_deviation if self.null_deviation > 0 else 0.0
