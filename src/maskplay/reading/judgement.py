"""What turns scores into answers: how long answers are, how far to trust a vote, when to say nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from maskplay.decoding import VOTE_FEATURES, Calibration, LengthPrior


@dataclass(frozen=True)
class Judgement:
    """Everything that decoding knows beside the network, fitted on data that did not train it.

    Attributes:
        objective: what the network was trained for, "softmax" or "focal".
        length_prior: how long answers are.
        calibration: from a vote to the probability that its answer is right; None before it is fitted, when the
            vote itself stands for it.
        threshold: the probability from which on an answer is given.
    """

    objective: str
    length_prior: LengthPrior
    calibration: Calibration | None = None
    threshold: float = 0.0

    def probability(self, features: np.ndarray) -> np.ndarray:
        """Give the probability that the first answer of a vote is right.

        Args:
            features: what `maskplay.decoding.vote_features` gave, `(3,)` or `(questions, 3)`.
        """
        if self.calibration is None:
            return np.exp(-np.logaddexp(0.0, -features[..., 0]))
        return self.calibration(features)

    def threshold_for(self, precision: float | None) -> float:
        """Find the probability that an answer must reach.

        Args:
            precision: the share of answers given that are to be right; None for the usual threshold.

        Raises:
            ValueError: if the reader is not calibrated, or no threshold reaches it.
        """
        if precision is None:
            return self.threshold
        if not isinstance(precision, Real):
            raise TypeError(f"precision must be a number above 0 and at most 1. Received: {precision!r}")
        if self.calibration is None:
            raise ValueError(
                f"A precision needs a calibrated reader, and this one is not. Received: precision={precision}. "
                "Calibrate it on questions of your own, with `maskplay read calibrate` or Reader.calibrate, or train "
                "it with data to validate on."
            )
        return self.calibration.threshold_for_precision(precision)

    def to_dict(self) -> dict[str, Any]:
        """Give everything as JSON-able values."""
        return {
            "objective": self.objective,
            "length_prior": self.length_prior.to_dict(),
            "calibration": None if self.calibration is None else self.calibration.to_dict(),
            "features": list(VOTE_FEATURES),
            "threshold": self.threshold,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Judgement":
        """Make what `to_dict` gave.

        Raises:
            ValueError: if something is missing or wrong; the message names it.
        """
        missing = {"objective", "length_prior", "calibration", "threshold"} - set(stored)
        if missing:
            raise ValueError(f"a stored judgement must have {', '.join(sorted(missing))}")
        if stored["objective"] not in ("softmax", "focal"):
            raise ValueError(f'the objective must be "softmax" or "focal", not {stored["objective"]!r}')
        if not 0 <= float(stored["threshold"]) <= 1:
            raise ValueError(f"the threshold must lie between 0 and 1, not at {stored['threshold']!r}")
        calibration = stored["calibration"]
        if calibration is not None and stored.get("features") != list(VOTE_FEATURES):
            raise ValueError(
                f"the calibration must be of the features {', '.join(VOTE_FEATURES)}, not of {stored.get('features')}; "
                "it was made by another version of maskplay"
            )
        return cls(
            objective=stored["objective"],
            length_prior=LengthPrior.from_dict(stored["length_prior"]),
            calibration=None if calibration is None else Calibration.from_dict(calibration),
            threshold=float(stored["threshold"]),
        )
