"""What is asked of a writer."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from maskplay.decoding.samplers import Sampler


@dataclass(frozen=True)
class Request:
    """How texts are to be written; fields as in `Writer.candidates`.

    Raises:
        ValueError: Something that is asked cannot be.
        TypeError: The allowed texts are one string, or no strings.

    >>> Request(beam=4, min_length=9, max_length=8)
    Traceback (most recent call last):
        ...
    ValueError: min_length must be at most max_length=8. Received: 9
    """

    best: int = 1
    beam: int | None = None
    sampler: Sampler | None = None
    max_length: int = 64
    min_length: int = 0
    length_penalty: float = 1.0
    no_repeat: int = 0
    allowed: Iterable[str] | None = None  # kept as a tuple
    seed: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.allowed, str | bytes):
            raise TypeError(f"allowed must be several texts: pass [text] for one. Received: {self.allowed!r}")
        if self.allowed is not None:
            object.__setattr__(self, "allowed", tuple(map(_text, self.allowed)))
        if self.beam is not None and self.sampler is not None:
            raise ValueError("Texts are searched for (beam=…) or drawn (sampler=…). Received: both")
        for name, least in (("best", 1), ("beam", 1), ("max_length", 1), ("min_length", 0), ("no_repeat", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ValueError(f"{name} must be at least {least}. Received: {value}")
        if not math.isfinite(self.length_penalty):
            raise ValueError(f"length_penalty must be a number, and finite. Received: {self.length_penalty}")
        if self.min_length > self.max_length:
            raise ValueError(
                f"min_length must be at most max_length={self.max_length}. Received: {self.min_length}"
            )
        if self.allowed is not None and (self.min_length or self.no_repeat):
            raise ValueError(
                "allowed texts are written as they are, so that min_length and no_repeat must be 0. Received: "
                f"min_length={self.min_length}, no_repeat={self.no_repeat}"
            )
        if self.best > 1 and self.beam is None and self.sampler is None:
            raise ValueError(
                f"best={self.best} texts need beam search (beam=…) or a sampler: greedy decoding knows but one."
            )


def _text(allowed: str) -> str:
    if not isinstance(allowed, str):
        raise TypeError(f"Every allowed text must be a string. Received: {allowed!r:.60}")
    return allowed
