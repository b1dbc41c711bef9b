"""Where two masks differ."""

from dataclasses import dataclass
from typing import ClassVar

_SHOWN = 10  # pairs that the text spells out


@dataclass(frozen=True)
class Comparison:
    """What `AttentionMask.compare` finds; true if the masks say the same.

    Attributes:
        count: of pairs that one mask allows and the other does not.
        pairs: the first of them: row, query, key, and whether it is the first mask that allows it.

    >>> from maskplay import masks
    >>> print(masks.causal(3).compare(masks.sliding_window(3, 1, 0)))
    1 pair differs:
      row 0: query 2 sees key 0 only in the first mask
    """

    SHOWN: ClassVar[int] = 100

    count: int
    pairs: tuple[tuple[int, int, int, bool], ...]

    def __bool__(self) -> bool:
        return self.count == 0

    def __str__(self) -> str:
        if not self.count:
            return "The masks say the same."
        lines = [f"{self.count:,} pair{' differs' if self.count == 1 else 's differ'}:"]
        lines += [f"  {_told(pair)}" for pair in self.pairs[:_SHOWN]]
        if self.count > _SHOWN:
            lines.append(f"  and {self.count - _SHOWN:,} more, first of them {_told(self.pairs[_SHOWN])}")
        return "\n".join(lines)


def _told(pair: tuple[int, int, int, bool]) -> str:
    row, query, key, first = pair
    return f"row {row}: query {query} sees key {key} only in the {'first' if first else 'second'} mask"
