"""What a writer learns from."""

from typing import NamedTuple


class Pair(NamedTuple):
    """A text, and the text that is to be written for it.

    Attributes:
        source: what is read; "" where there is nothing but the target, as in pretraining.
        target: what is written.
    """

    source: str
    target: str
