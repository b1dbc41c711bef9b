"""What a poem teaches: its next line, and itself."""

import re
from collections.abc import Sequence

from maskplay.writing.pair import Pair

TITLE, FIRST_LINE, NEXT_LINE = "題：", "首句：", "對："
"""How a source begins: a title or a first verse, for which a poem is written; a verse, for which its answer is."""

LONGEST = 16
"""Lines of a poem that are learned as one text."""

_VERSE = re.compile(r"[^，。！？；]+[，。！？；]*")


def poem_pairs(title: str, lines: Sequence[str]) -> list[Pair]:
    """Give the pairs of a poem: the poem for its title and for its first verse, and couplets: a verse for a verse.

    Args:
        title: of the poem; may be empty.
        lines: of one verse or several each; verses end in ，。！？ or ；.

    >>> for pair in poem_pairs("春曉", ["春眠不覺曉，處處聞啼鳥。", "夜來風雨聲，花落知多少。"]):
    ...     print(pair.source, "->", *pair.target.split())
    題：春曉 -> 春眠不覺曉，處處聞啼鳥。 夜來風雨聲，花落知多少。
    首句：春眠不覺曉， -> 春眠不覺曉，處處聞啼鳥。 夜來風雨聲，花落知多少。
    對：春眠不覺曉， -> 處處聞啼鳥。
    對：夜來風雨聲， -> 花落知多少。
    """
    lines = [line.strip() for line in lines if line.strip()]
    if not lines:
        return []
    poem = "\n".join(lines[:LONGEST])
    pairs = [Pair(TITLE + title.strip(), poem)] if title.strip() else []
    verses = [verse for line in lines for verse in _VERSE.findall(line)]
    if len(verses) > 1:
        pairs.append(Pair(FIRST_LINE + verses[0], poem))
    couplets = zip(verses[::2], verses[1::2], strict=False)  # a last verse may be alone
    return pairs + [Pair(NEXT_LINE + one, other) for one, other in couplets]
