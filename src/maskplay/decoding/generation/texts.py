"""What decoding gives."""

from typing import Any, NamedTuple


class Texts(NamedTuple):
    """Some texts for each row, the best first.

    Attributes:
        tokens: `(batch, best, capacity)`, int32, without their end; 0 behind.
        lengths: `(batch, best)`, how many tokens each has.
        log_probabilities: `(batch, best)`, of the tokens and of the end behind them, as the network says; -inf where
            there is no such text.
        scores: `(batch, best)`, what they were ordered by.
    """

    tokens: Any
    lengths: Any
    log_probabilities: Any
    scores: Any
