"""How long answers are: a prior learned from training data, in place of a fixed cap."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BANDWIDTH = 0.2  # of the smoothing, in log length: lengths within about 20 % lend each other counts
_TAIL = 0.01  # the share of the soft tail


@dataclass(frozen=True, slots=True, eq=False)
class LengthPrior:
    """The log-probability of each answer length from 1 to `max_length` characters.

    Attributes:
        log_probabilities: float64 `(max_length,)`; finite everywhere, so that no length is out of reach.

    >>> prior = LengthPrior.fit([2, 3, 4, 4, 4, 40], max_length=8)
    >>> prior.max_length, int(prior.log_probabilities.argmax()) + 1
    (8, 4)
    """

    log_probabilities: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check that the table can be used."""
        table = np.array(self.log_probabilities, np.float64)
        if table.ndim != 1 or not len(table) or not np.isfinite(table).all():
            raise ValueError(
                "a length prior needs one finite log-probability per length, `(max_length,)`, but got "
                f"an array of the shape {table.shape}"
                + (" with values that are not finite" if table.size else "")
            )
        table.setflags(write=False)
        object.__setattr__(self, "log_probabilities", table)

    @property
    def max_length(self) -> int:
        """The longest length that the prior knows."""
        return len(self.log_probabilities)

    @classmethod
    def fit(cls, lengths: Iterable[int], *, max_length: int) -> "LengthPrior":
        """Learn the prior from the lengths of training answers.

        The histogram is smoothed by a Gaussian in log length (short lengths are told apart sharply, long ones
        loosely) and mixed with a soft tail that falls as 1 / length.

        Args:
            lengths: answer lengths in characters; those beyond `max_length` are left out.
            max_length: the longest span that will be searched for.

        Raises:
            ValueError: if no length lies between 1 and `max_length`.
        """
        if max_length < 1:
            raise ValueError(f"max_length must be at least 1, not {max_length}")
        seen = np.fromiter(lengths, np.int64)
        seen = seen[(seen >= 1) & (seen <= max_length)]
        if not len(seen):
            raise ValueError(f"a length prior needs at least one answer of 1 to {max_length} characters")
        every = np.arange(1, max_length + 1)
        log_length = np.log(every)
        kernel = np.exp(-0.5 * ((log_length[:, None] - log_length) / _BANDWIDTH) ** 2)
        kernel /= kernel.sum(axis=0)  # each answer spreads a mass of 1 over the band
        histogram = kernel @ np.bincount(seen, minlength=max_length + 1)[1:] / len(seen)
        tail = 1 / every
        return cls(np.log((1 - _TAIL) * histogram + _TAIL * tail / tail.sum()))

    def to_dict(self) -> dict[str, Any]:
        """The prior as plain numbers, for JSON."""
        return {"log_probabilities": [round(value, 6) for value in self.log_probabilities.tolist()]}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "LengthPrior":
        """The prior that `to_dict` gave.

        Raises:
            ValueError: if the mapping is not one of a length prior.
        """
        try:
            table = np.array(stored["log_probabilities"], np.float64)
        except (KeyError, TypeError, ValueError):
            raise ValueError(
                "a stored length prior must be a mapping with 'log_probabilities', a list of numbers, "
                f"but got {str(stored)[:80]}"
            ) from None
        return cls(table)
