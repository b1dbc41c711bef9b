"""How precise answers are above each threshold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionCurve:
    """The lowest threshold for every precision that some data can reach.

    Only the steps are kept: thresholds and precisions both rise, each precision being higher than that of any
    lower threshold.

    Attributes:
        thresholds: rising probabilities, `(steps,)`.
        precisions: the share of right answers among those at or above the threshold, `(steps,)`, rising.
        coverages: the share of questions at or above the threshold, `(steps,)`, falling.

    >>> curve = PrecisionCurve.of([0.2, 0.4, 0.6, 0.8], [False, True, False, True])
    >>> curve.threshold(0.6), curve.threshold(1.0)
    (0.4, 0.8)
    """

    thresholds: NDArray[np.float64]
    precisions: NDArray[np.float64]
    coverages: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check that the steps are steps."""
        for name in ("thresholds", "precisions", "coverages"):
            values = np.array(getattr(self, name), np.float64)
            if values.ndim != 1 or not values.size or values.shape != np.shape(self.thresholds):
                raise ValueError(f"a precision curve's columns must have one shape `(steps,)`: {name}")
            # written so that NaN fails too
            rising = (np.diff(values) > 0) if name != "coverages" else (np.diff(values) < 0)
            if not (rising.all() and (values >= 0).all() and (values <= 1).all()):
                raise ValueError(
                    f"a precision curve's {name} must lie between 0 and 1 and "
                    f"{'fall' if name == 'coverages' else 'rise'}, but are {values}"
                )
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @classmethod
    def of(cls, probabilities: ArrayLike, correct: ArrayLike) -> "PrecisionCurve":
        """Measure the curve.

        Args:
            probabilities: of each answer, `(answers,)`, at least one.
            correct: whether it was right, `(answers,)`.
        """
        order = np.argsort(-np.asarray(probabilities, np.float64), kind="stable")
        ranked = np.asarray(probabilities, np.float64)[order]
        given = np.arange(1, len(ranked) + 1)
        precision = np.cumsum(np.asarray(correct, np.bool_)[order]) / given
        # Equal probabilities are above the threshold together: only the last of them is a step.
        last = np.r_[ranked[1:] != ranked[:-1], True]
        thresholds, precision, given = ranked[last][::-1], precision[last][::-1], given[last][::-1]
        best_below = np.maximum.accumulate(np.r_[-1.0, precision[:-1]])
        step = precision > best_below
        return cls(thresholds[step], precision[step], given[step] / len(ranked))

    def threshold(self, precision: float) -> float:
        """Find the lowest threshold that reaches a precision.

        Raises:
            ValueError: if the precision is not in (0, 1], or no threshold reaches it.
        """
        if not 0 < precision <= 1:
            raise ValueError(f"a precision must be above 0 and at most 1, not {precision}")
        # a share such as 9 of 10 should count as 0.9 whatever the last digit says
        step = int(np.searchsorted(self.precisions, precision - 1e-12))
        if step == len(self.precisions):
            raise ValueError(
                f"no threshold reaches a precision of {precision:.3g} on the calibration data: the highest, "
                f"{self.precisions[-1]:.3f}, answers {self.coverages[-1]:.1%} of the questions; ask for less"
            )
        return float(self.thresholds[step])

    def to_dict(self) -> dict[str, list[float]]:
        """The curve as plain numbers, for JSON."""
        return {name: getattr(self, name).tolist() for name in ("thresholds", "precisions", "coverages")}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "PrecisionCurve":
        """The curve that `to_dict` gave.

        Raises:
            ValueError: if the mapping is not one of a curve.
        """
        names = ("thresholds", "precisions", "coverages")
        try:
            return cls(*(np.array(stored[name], np.float64) for name in names))
        except (KeyError, TypeError) as error:
            raise ValueError(f"a stored precision curve must be a mapping with {', '.join(names)}") from error
