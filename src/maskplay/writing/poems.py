"""What a poem teaches: its next line, and itself."""

import re
from collections.abc import Sequence

from maskplay.writing.pair import Pair

TITLE, FIRST_LINE, NEXT_LINE = "題：", "首句：", "對："
"""How a source begins: a title or a first verse, for which a poem is written; a verse, for which its answer is."""

LONGEST = 16
"""Lines of a poem that are learned as one text."""

_NOTE = re.compile(r"（[^（）]*）")
_HALF_NOTE = re.compile(r"（[^）]*|）")  # one that is not closed, or not opened
_VERSE = re.compile(r"[^，。！？；]+[，。！？；]*")


def poem_pairs(title: str, lines: Sequence[str]) -> list[Pair]:
    """Give the pairs of a poem: the poem for its title and for its first verse, and couplets: a verse for a verse.

    Args:
        title: of the poem; may be empty.
        lines: of one verse or several each; verses end in ，。！？ or ；. Notes in full-width brackets are left out.

    >>> for pair in poem_pairs("春曉", ["春眠不覺曉，處處聞啼鳥。", "夜來風雨聲，花落知多少。"]):
    ...     print(pair.source, "->", *pair.target.split())
    題：春曉 -> 春眠不覺曉，處處聞啼鳥。 夜來風雨聲，花落知多少。
    首句：春眠不覺曉， -> 春眠不覺曉，處處聞啼鳥。 夜來風雨聲，花落知多少。
    對：春眠不覺曉， -> 處處聞啼鳥。
    對：夜來風雨聲， -> 花落知多少。
    """
    lines = [line for line in _without_notes("\n".join(lines)).splitlines() if _VERSE.search(line)]
    if not lines:
        return []
    title = _without_notes(title)
    poem = "\n".join(lines[:LONGEST])
    pairs = [Pair(TITLE + title, poem)] if title else []
    verses = [verse for line in lines for verse in _VERSE.findall(line)]
    if len(verses) > 1:
        pairs.append(Pair(FIRST_LINE + verses[0], poem))
    couplets = zip(verses[::2], verses[1::2], strict=False)  # a last verse may be alone
    return pairs + [Pair(NEXT_LINE + one, other) for one, other in couplets]


def _without_notes(text: str) -> str:
    """Leave out what stands in brackets, also brackets in brackets, and blanks at the ends of lines."""
    while (shorter := _NOTE.sub("", text)) != text:
        text = shorter
    return "\n".join(line.strip() for line in _HALF_NOTE.sub("", text).splitlines())
