"""How precise answers are above each threshold."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_WRONG = 2  # wrong answers that must be expected among those behind a promise, for them to be few by more than chance
_ROUNDING = 1e-12  # a share such as 9 of 10 counts as 0.9 whatever its last digit says


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionCurve:
    """The lowest threshold for every precision that some data can reach.

    Only the steps are kept: thresholds and precisions both rise, each precision being higher than that of any
    lower threshold.

    A precision is a promise, and a few answers that happen to be right are none: to promise `p`, at least
    `2 / (1 - p)` questions must reach the threshold (20 for 0.9, 200 for 0.99), so that two wrong answers among
    them would still keep it. No number of questions promises 1. A question that was asked in several ways counts
    once: it is right or wrong in all of them too often for each to be evidence of its own.

    Attributes:
        thresholds: rising probabilities, `(steps,)`.
        precisions: the share of right answers among those at or above the threshold, `(steps,)`, rising.
        reached: how many distinct questions have an answer at or above the threshold, `(steps,)`, falling.
        questions: how many distinct questions there were.

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
    reached: NDArray[np.int64]
    questions: int

    def __post_init__(self) -> None:
        """Check that the steps are steps."""
        for name in ("thresholds", "precisions"):
            values = _column(getattr(self, name), name, np.shape(self.thresholds))
            # written so that NaN fails too
            if not ((np.diff(values) > 0).all() and (values >= 0).all() and (values <= 1).all()):
                raise ValueError(
                    f"a precision curve's {name} must lie between 0 and 1 and rise, but are {values}"
                )
            object.__setattr__(self, name, values)
        reached = _column(self.reached, "reached", np.shape(self.thresholds))
        if not isinstance(self.questions, Integral) or isinstance(self.questions, bool):
            raise ValueError(
                f"a precision curve's questions must be a number of them, not {self.questions!r}"
            )
        # each at least 1, none more than there were, and whole numbers
        falling = (np.diff(np.r_[reached, 1.0]) <= 0).all()
        if not falling or (reached % 1 != 0).any() or int(reached[0]) > self.questions:
            raise ValueError(
                f"a precision curve's reached must count some of its {self.questions} questions and fall, "
                f"but are {reached}"
            )
        object.__setattr__(self, "reached", reached.astype(np.int64))

    @classmethod
    def of(
        cls, probabilities: ArrayLike, correct: ArrayLike, questions: ArrayLike | None = None
    ) -> "PrecisionCurve":
        """Measure the curve.

        Args:
            probabilities: of each answer, `(answers,)`, at least one.
            correct: whether it was right, `(answers,)`.
            questions: which question each answer is to, `(answers,)`, texts or numbers; None where all are different.

        Raises:
            ValueError: if there are no answers, or shapes differ.
        """
        shapes = [np.shape(given) for given in (probabilities, correct, questions) if given is not None]
        if len(set(shapes)) != 1 or len(shapes[0]) != 1 or not shapes[0][0]:
            raise ValueError(
                "a precision curve's probabilities, correct and questions must have one shape `(answers,)`, not "
                f"{', '.join(map(str, shapes))}"
            )
        order = np.argsort(-np.asarray(probabilities, np.float64), kind="stable")
        ranked = np.asarray(probabilities, np.float64)[order]
        precision = np.cumsum(np.asarray(correct, np.bool_)[order]) / np.arange(1, len(ranked) + 1)
        new = np.ones(len(ranked), np.bool_) if questions is None else _first(np.asarray(questions)[order])
        reached = np.cumsum(new, dtype=np.int64)
        # Equal probabilities are above the threshold together: only the last of them is a step.
        last = np.r_[ranked[1:] != ranked[:-1], True]
        thresholds, precision, reached = ranked[last][::-1], precision[last][::-1], reached[last][::-1]
        best_below = np.maximum.accumulate(np.r_[-1.0, precision[:-1]])
        step = precision > best_below
        return cls(thresholds[step], precision[step], reached[step], int(new.sum()))

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
        if step == len(self.precisions) or _most_promised(self.reached[step]) < precision - _ROUNDING:
            raise ValueError(self._refusal(precision, step))
        return float(self.thresholds[step])

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
            reach = f"of {self.questions} questions {self.reached[step]} reach the threshold"
            why = f"{needed} to promise it, and {reach}"
        highest = float(np.minimum(self.precisions, _most_promised(self.reached)).max())
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
        columns = {name: getattr(self, name).tolist() for name in ("thresholds", "precisions", "reached")}
        return {**columns, "questions": self.questions}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "PrecisionCurve":
        """The curve that `to_dict` gave.

        Raises:
            ValueError: if the mapping is not one of a curve.
        """
        names = ("thresholds", "precisions", "reached", "questions")
        try:
            return cls(*(stored[name] for name in names))
        except (KeyError, TypeError) as error:
            raise ValueError(
                f"a stored precision curve must be a mapping with {', '.join(names)}; it is damaged, or was made by "
                "another version of maskplay"
            ) from error


def _column(values: Any, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Take a column of a curve, that nobody can change any more."""
    column = np.array(values, np.float64)
    if column.ndim != 1 or not column.size or column.shape != shape:
        raise ValueError(f"a precision curve's columns must have one shape `(steps,)`: {name}")
    column.setflags(write=False)
    return column


def _first(questions: NDArray) -> NDArray[np.bool_]:
    """Tell where each question comes for the first time, `(answers,)`."""
    first = np.zeros(len(questions), np.bool_)
    first[np.unique(questions, return_index=True)[1]] = True
    return first


def _most_promised(reached: Any) -> Any:
    """Give the highest precision that so many questions can promise; below 0 for none."""
    return 1 - _WRONG / reached


def _needed(precision: float) -> int:
    """Give the number of questions that can promise a precision below 1."""
    return int(np.ceil(_WRONG / (1 - precision) - 1e-6))
