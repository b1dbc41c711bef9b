"""How precise answers are above each threshold."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor, lcm
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_WRONG = 2  # wrong answers that must be expected among those behind a promise, for them to be few by more than chance
_MOST = 10**6  # questions of a stored curve that does not say how many there were
_ROUNDING = 1e-12  # a share such as 9 of 10 counts as 0.9 whatever its last digit says


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionCurve:
    """The lowest threshold for every precision that some data can reach.

    Only the steps are kept: thresholds and precisions both rise, each precision being higher than that of any
    lower threshold.

    A precision is a promise, and a few answers that happen to be right are none: to promise `p`, at least
    `2 / (1 - p)` questions must reach the threshold (20 for 0.9, 200 for 0.99), so that two wrong answers among
    them would still keep it. No number of questions promises 1.

    Attributes:
        thresholds: rising probabilities, `(steps,)`.
        precisions: the share of right answers among those at or above the threshold, `(steps,)`, rising.
        coverages: the share of questions at or above the threshold, `(steps,)`, falling.
        questions: how many there were; None for as few as the coverages can be shares of.

    >>> curve = PrecisionCurve.of(np.arange(1, 31) / 30, [False] * 10 + [True] * 20)
    >>> curve.threshold(0.9)
    0.3
    >>> curve.threshold(0.99)
    Traceback (most recent call last):
    ValueError: no threshold reaches a precision of 0.99 ...: it takes 200 questions to promise it, and of 30 questions
    20 reach the threshold; the highest to be had is 0.909: ask for less, or calibrate on more
    """

    thresholds: NDArray[np.float64]
    precisions: NDArray[np.float64]
    coverages: NDArray[np.float64]
    questions: int | None = None

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
        object.__setattr__(self, "questions", _checked_questions(self.questions, self.coverages))

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
        return cls(thresholds[step], precision[step], given[step] / len(ranked), len(ranked))

    def threshold(self, precision: float) -> float:
        """Find the lowest threshold that reaches a precision.

        Raises:
            ValueError: if the precision is not in (0, 1], no threshold reaches it, or too few questions reach the
                threshold to promise it; the message says what can be had.
        """
        if not 0 < precision <= 1:
            raise ValueError(f"a precision must be above 0 and at most 1, not {precision}")
        step = int(np.searchsorted(self.precisions, precision - _ROUNDING))
        # The lowest threshold that reaches it is also the one that most questions reach.
        if step == len(self.precisions) or _most_promised(self._reached[step]) < precision - _ROUNDING:
            raise ValueError(self._refusal(precision, step))
        return float(self.thresholds[step])

    @property
    def _reached(self) -> NDArray[np.float64]:
        """How many questions reach each threshold, `(steps,)`."""
        return np.round(self.coverages * (self.questions or 0))

    def _refusal(self, precision: float, step: int) -> str:
        """Say why a precision cannot be had, and which can."""
        if step == len(self.precisions):
            why = f"of {self.questions} questions, no part is answered so well"
        else:
            needed = (
                f"it takes {_needed(precision)} questions"
                if precision < 1
                else "no number of questions is enough"
            )
            reach = f"of {self.questions} questions {self._reached[step]:.0f} reach the threshold"
            why = f"{needed} to promise it, and {reach}"
        highest = float(np.minimum(self.precisions, _most_promised(self._reached)).max())
        # Rounded down, for what is named must be granted.
        highest = floor(highest * 1000 + 1e-6) / 1000
        had = (
            f"the highest to be had is {highest:.3f}: ask for less, or"
            if highest > 0
            else "none can be promised:"
        )
        return (
            f"no threshold reaches a precision of {precision:g} on the calibration data: {why}; "
            f"{had} calibrate on more"
        )

    def to_dict(self) -> dict[str, Any]:
        """The curve as plain numbers, for JSON."""
        columns = {name: getattr(self, name).tolist() for name in ("thresholds", "precisions", "coverages")}
        return {**columns, "questions": self.questions}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "PrecisionCurve":
        """The curve that `to_dict` gave; one that was stored without the number of questions is read too.

        Raises:
            ValueError: if the mapping is not one of a curve.
        """
        names = ("thresholds", "precisions", "coverages")
        try:
            thresholds, precisions, coverages = (np.array(stored[name], np.float64) for name in names)
            return cls(thresholds, precisions, coverages, stored.get("questions"))
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"a stored precision curve must be a mapping with {', '.join(names)}") from error


def _most_promised(reached: Any) -> Any:
    """Give the highest precision that so many questions can promise; below 0 for none."""
    return 1 - _WRONG / reached


def _needed(precision: float) -> int:
    """Give the number of questions that can promise a precision below 1."""
    return int(np.ceil(_WRONG / (1 - precision) - 1e-6))


def _checked_questions(questions: Any, coverages: NDArray[np.float64]) -> int:
    """Require a number of questions that the coverages are shares of; find the smallest if there is none."""
    found = _fewest(coverages) if questions is None else questions
    if (
        not isinstance(found, Integral)
        or isinstance(found, bool)
        or found < 1
        or _misfits(coverages, found).any()
    ):
        raise ValueError(
            "a precision curve's coverages must be shares of its number of questions, which is at least 1 "
            f"(and, where it is not stored, at most {_MOST}), but questions is {questions!r}"
        )
    return int(found)


def _fewest(coverages: NDArray[np.float64]) -> int:
    """Find the smallest number that all coverages are shares of: never more questions than there were."""
    count = 1
    while count <= _MOST and (misfits := _misfits(coverages, count)).any():
        share = Fraction(float(coverages[misfits][0])).limit_denominator(_MOST)
        count = max(lcm(count, share.denominator), count + 1)
    return count if count <= _MOST else 0


def _misfits(coverages: NDArray[np.float64], count: Any) -> NDArray[np.bool_]:
    """Tell the coverages that are no whole number of questions, or of none."""
    reached = coverages * float(count)
    return (np.abs(reached - np.round(reached)) > 1e-8) | (reached < 0.5)
