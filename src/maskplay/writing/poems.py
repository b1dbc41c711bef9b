"""What a poem teaches: its next line, and itself."""

from collections.abc import Sequence
from itertools import pairwise

from maskplay.writing.pair import Pair

TITLE, FIRST_LINE, NEXT_LINE = "題：", "首句：", "對："
"""How a source begins: a title or a first line, for which a poem is written; a line, for which the next one is."""

LONGEST = 16
"""Lines of a poem that are learned as one text."""


def poem_pairs(title: str, lines: Sequence[str]) -> list[Pair]:
    """Give the pairs of a poem: the poem for its title and for its first line, and each line for the one before it.

    >>> for pair in poem_pairs("春曉", ["春眠不覺曉，", "處處聞啼鳥。"]):
    ...     print(*pair.source.split(), "->", *pair.target.split())
    題：春曉 -> 春眠不覺曉， 處處聞啼鳥。
    首句：春眠不覺曉， -> 春眠不覺曉， 處處聞啼鳥。
    對：春眠不覺曉， -> 處處聞啼鳥。
    """
    lines = [line.strip() for line in lines if line.strip()]
    if not lines:
        return []
    poem = "\n".join(lines[:LONGEST])
    pairs = [Pair(TITLE + title.strip(), poem)] if title.strip() else []
    if len(lines) > 1:
        pairs.append(Pair(FIRST_LINE + lines[0], poem))
    return pairs + [Pair(NEXT_LINE + one, other) for one, other in pairwise(lines)]
