"""What is asked of a writer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from maskplay._number import checked_number
from maskplay.decoding.samplers import Sampler

_LEAST = {"best": 1, "beam": 1, "max_length": 1, "min_length": 0, "no_repeat": 0}
_MOST = 2**31 - 1  # int32 holds them

_STEEPEST = 10  # a power of lengths, which float32 has to hold


@dataclass(frozen=True)
class Request:
    """How texts are to be written; fields as in `Writer.candidates`.

    Raises:
        ValueError: Something that is asked cannot be.
        TypeError: A number is no number, or no whole one; the allowed texts are none; the sampler is none.

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
        for name, least in _LEAST.items():
            if name != "beam" or self.beam is not None:
                self._keep(name, checked_number(name, getattr(self, name), int, least, _MOST))
        self._keep("seed", checked_number("seed", self.seed, int))
        self._keep("length_penalty", checked_number("length_penalty", self.length_penalty, float))
        if abs(self.length_penalty) > _STEEPEST:
            raise ValueError(
                f"length_penalty must be from -{_STEEPEST} to {_STEEPEST}; at 1 the mean log-probability counts. "
                f"Received: {self.length_penalty}"
            )
        if self.allowed is not None:
            self._keep("allowed", _texts(self.allowed))
        if self.sampler is not None and not isinstance(self.sampler, Sampler):
            raise TypeError(f"sampler must be one, such as TopK(5). Received: {self.sampler!r:.60}")
        if self.beam is not None and self.sampler is not None:
            raise ValueError("Texts are searched for (beam=…) or drawn (sampler=…). Received: both")
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

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


def _texts(allowed: Any) -> tuple[str, ...]:
    if isinstance(allowed, str | bytes) or not isinstance(allowed, Iterable):
        raise TypeError(f"allowed must be several texts: pass [text] for one. Received: {allowed!r:.60}")
    texts = tuple(allowed)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"Every allowed text must be a string. Received: {text!r:.60}")
    return texts
