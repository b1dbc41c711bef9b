"""What a writer gives."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """A text that was written.

    Attributes:
        text: the text.
        score: what beam search ordered by: the log-probability over a power of the length; for drawn texts the
            log-probability.
        log_probability: of the text and its end, in nats, as the network says.
        tokens: how many it has.
    """

    text: str
    score: float
    log_probability: float
    tokens: int
