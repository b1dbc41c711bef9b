"""The base of all samplers."""

from typing import Any, ClassVar

import numpy as np
from keras import ops

from maskplay._number import checked_number

_LEAST = float(np.finfo("float32").min)
_TINY = float(np.finfo("float32").tiny)  # what is below it, also its reciprocal, is computed with as 0


class Sampler:
    """Draws a token from log-probabilities.

    A sampler of your own overrides `weigh`, is a frozen dataclass, and uses `keras.ops` alone, for it is compiled.

    Attributes:
        draws: whether chance decides. Without, no random numbers are made.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Flat(Sampler):
    ...     def weigh(self, log_probabilities):
    ...         return log_probabilities * 0.5
    """

    draws: ClassVar[bool] = True

    def weigh(self, log_probabilities: Any) -> Any:
        """Give the logarithms of the weights by which a token is drawn.

        Args:
            log_probabilities: `(…, vocabulary)`, float32; -inf for what is not allowed.

        Returns:
            Of the same shape; they need not add up to anything. -inf is never drawn.
        """
        raise NotImplementedError(f"{type(self).__name__} must override weigh.")

    def choose(self, log_probabilities: Any, noise: Any = None) -> Any:
        """Choose a token.

        Args:
            log_probabilities: `(…, vocabulary)`.
            noise: of the same shape, from the standard Gumbel distribution: the largest sum of a log-weight and such a
                number is a draw by the weights. None: the largest weight.

        Returns:
            `(…)`, int32.
        """
        weights = self.weigh(log_probabilities)
        return ops.cast(ops.argmax(weights if noise is None else weights + noise, axis=-1), "int32")


def checked_temperature(value: Any) -> float:
    """Require a temperature, and give it as a `float`.

    Raises:
        TypeError: It is no number.
        ValueError: It is not above 0, or not finite.
    """
    found = checked_number("temperature", value, float)
    if found <= 0:
        raise ValueError(f"temperature must be above 0; Greedy() is what it comes to at 0. Received: {value}")
    return found


def tempered(log_probabilities: Any, temperature: float) -> Any:
    """Divide by a temperature, however small; the largest becomes 0, so that nothing that counts overflows."""
    x = ops.convert_to_tensor(log_probabilities)
    largest = ops.maximum(ops.max(x, axis=-1, keepdims=True), _LEAST)  # where all is -inf it stays so
    return (x - largest) / min(max(temperature, _TINY), 1 / _TINY)
