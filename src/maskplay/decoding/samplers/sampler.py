"""The base of all samplers."""

from typing import Any, ClassVar

from keras import ops


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


def checked_temperature(value: float) -> None:
    """Require a temperature.

    Raises:
        ValueError: It is not above 0.
    """
    if not 0 < value < float("inf"):
        raise ValueError(f"temperature must be above 0; Greedy() is what it comes to at 0. Received: {value}")
