"""From a vote to the probability that its answer is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from maskplay.decoding.precision_curve import PrecisionCurve

_RIDGE = 1e-4  # on the standardised weights: decides where the data do not (constant or equal features)
_STEPS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A logistic map from features of a vote to the probability that its answer is right.

    Logistic (Platt, 1999) rather than isotonic: a few numbers fitted on a few hundred questions, smooth, with
    no plateaus that would tie answers or leave `--precision` a handful of thresholds, and defined beyond the
    scores seen. Features are standardised, targets softened as Platt does, so that separable data have a
    finite fit. Fit it on questions that trained nothing else.

    Attributes:
        mean: what is subtracted from the features, `(features,)`.
        scale: what they are then divided by, `(features,)`.
        weights: of the standardised features, `(features,)`.
        bias: added last.
        curve: precision against threshold on the calibration data.

    >>> calibration = Calibration.fit([0.1, 0.2, 0.3, 0.6, 0.7, 0.9], [0, 0, 1, 0, 1, 1])
    >>> low, high = calibration([0.1, 0.9])
    >>> bool(0 < low < 0.5 < high < 1)
    True
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
    curve: PrecisionCurve

    def __post_init__(self) -> None:
        """Check that the numbers can be used."""
        for name in ("mean", "scale", "weights"):
            values = np.array(getattr(self, name), np.float64)
            if values.ndim != 1 or values.shape != np.shape(self.mean) or not values.size:
                raise ValueError(
                    f"a calibration's mean, scale and weights must have one shape `(features,)`: {name}"
                )
            if not np.isfinite(values).all() or (name == "scale" and (values <= 0).any()):
                raise ValueError(
                    f"a calibration's {name} must be finite, and its scale above 0, not {values}"
                )
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        if not np.isfinite(self.bias):
            raise ValueError(f"a calibration's bias must be finite, not {self.bias}")

    @classmethod
    def fit(
        cls, features: ArrayLike, correct: ArrayLike, questions: ArrayLike | None = None
    ) -> "Calibration":
        """Fit the map by Newton iterations.

        Args:
            features: of each asking's first answer, `(askings,)` or `(askings, features)`, such as
                `vote_features` gives.
            correct: whether that answer was right, `(askings,)`, booleans or 0 and 1.
            questions: which question was asked, `(askings,)`, texts or numbers; None where all are different.

        Raises:
            ValueError: if there are no askings, shapes differ, or values are not finite.
        """
        table = _table(features, None)
        right = _labels(correct, len(table))
        mean, scale = table.mean(axis=0), table.std(axis=0)
        scale = np.where(scale > 1e-12 * (1 + np.abs(mean)), scale, 1.0)
        weights, bias = _newton((table - mean) / scale, right)
        unfinished = cls(mean, scale, weights, bias, PrecisionCurve.of([0.0], [True]))
        return cls(mean, scale, weights, bias, PrecisionCurve.of(unfinished(table), right, questions))

    def __call__(self, features: ArrayLike) -> NDArray[np.float64]:
        """Give the probability of being right.

        Args:
            features: `(questions, features)`; or `(features,)` for one question; with a single feature also
                `(questions,)` or a number.

        Returns:
            `(questions,)`, or `()` for one question; between 0 and 1.
        """
        table = _table(features, len(self.weights))
        logits = ((table - self.mean) / self.scale) @ self.weights + self.bias
        shape = np.shape(features)
        one = len(self.weights) > 1 and len(shape) == 1
        return _sigmoid(logits).reshape(() if one else shape[:1])

    def threshold_for_precision(self, precision: float) -> float:
        """Find the lowest probability from which on answers are right often enough.

        Args:
            precision: the share of right answers wanted among those given, in (0, 1].

        Returns:
            The lowest threshold such that at least this share of the calibration answers whose probability
            reaches it was right.

        Raises:
            ValueError: if no threshold reaches it, or fewer than `2 / (1 - precision)` questions reach the
                threshold; the message says what can be reached.
        """
        return self.curve.threshold(precision)

    def to_dict(self) -> dict[str, Any]:
        """The calibration as plain numbers, for JSON."""
        return {
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "weights": self.weights.tolist(),
            "bias": self.bias,
            "curve": self.curve.to_dict(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Calibration":
        """The calibration that `to_dict` gave.

        Raises:
            ValueError: if the mapping is not one of a calibration; the message names the fault.
        """
        names = ("mean", "scale", "weights", "bias", "curve")
        if not isinstance(stored, Mapping) or set(stored) != set(names):
            got = sorted(map(str, stored)) if isinstance(stored, Mapping) else type(stored).__name__
            raise ValueError(f"a stored calibration must be a mapping with {', '.join(names)}, but got {got}")
        try:
            mean, scale, weights = (np.array(stored[name], np.float64) for name in names[:3])
            bias = float(stored["bias"])
        except (TypeError, ValueError):
            raise ValueError("a stored calibration's mean, scale, weights and bias must be numbers") from None
        return cls(mean, scale, weights, bias, PrecisionCurve.from_dict(stored["curve"]))


def _newton(table: NDArray, right: NDArray) -> tuple[NDArray, float]:
    """Fit logistic regression; targets are softened (Platt, 1999), steps halved until the loss falls."""
    yes, no = right.sum(), (~right).sum()
    target = np.where(right, (yes + 1) / (yes + 2), 1 / (no + 2))
    design = np.column_stack([table, np.ones(len(table))])
    ridge = _RIDGE * len(table) * np.diag([1.0] * table.shape[1] + [0.0])
    weights = np.zeros(design.shape[1])

    def loss(values: NDArray) -> float:
        logits = design @ values
        return float((np.logaddexp(0, logits) - target * logits).sum() + values @ ridge @ values / 2)

    for _ in range(_STEPS):
        probability = _sigmoid(design @ weights)
        gradient = design.T @ (probability - target) + ridge @ weights
        curvature = (design * (probability * (1 - probability))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(weights)), gradient)
        while np.abs(step).max() > 1e-9 and loss(weights - step) > loss(weights):
            step /= 2
        weights = weights - step
        if np.abs(step).max() <= 1e-9:
            break
    return weights[:-1], float(weights[-1])


def _sigmoid(logits: NDArray) -> NDArray[np.float64]:
    return np.exp(-np.logaddexp(0, -logits))


def _table(features: ArrayLike, width: int | None) -> NDArray[np.float64]:
    """Give features as `(questions, features)`."""
    table = np.asarray(features, np.float64)
    if table.ndim <= 1:
        table = table.reshape(-1, 1) if width in (None, 1) else table.reshape(1, -1)
    if table.ndim != 2 or width not in (None, table.shape[1]) or (width is None and not table.size):
        wanted = (
            "(questions,) or (questions, features), at least one"
            if width is None
            else f"(questions, {width})"
        )
        raise ValueError(f"features must have the shape {wanted}, not {np.shape(features)}")
    if not np.isfinite(table).all():
        raise ValueError("features must be finite, but some are NaN or infinite")
    return table


def _labels(correct: ArrayLike, length: int) -> NDArray[np.bool_]:
    labels = np.asarray(correct)
    if labels.shape != (length,) or not np.isin(labels, (0, 1)).all():
        raise ValueError(
            f"correct must say right (True, 1) or wrong (False, 0) for each of the {length} questions, "
            f"but got {labels.dtype} of the shape {labels.shape}"
        )
    return labels.astype(np.bool_)
