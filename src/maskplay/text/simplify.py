"""Traditional Chinese to Simplified, one character for one character."""

import re
from functools import cache

import numpy as np

from maskplay.text._code_points import code_points, from_code_points, identity_table
from maskplay.text._tables import simplified


def simplify(text: str) -> str:
    """Write Traditional Chinese in Simplified characters, keeping every offset.

    Each character gets its usual Simplified form, except inside the phrases where it has another one
    (乾隆, 魏徵). Nothing is added or removed, so offsets into `text` are offsets into the result; case and
    width are left alone. Words are not exchanged for other words (軟體 gives 软体, not 软件).

    Args:
        text: any string; lone surrogates and NUL survive.

    Returns:
        A string of exactly `len(text)` code points.

    Source: the tables TSCharacters and TSPhrases of OpenCC (Apache-2.0).

    >>> simplify("乾隆皇帝收藏了乾燥的髮飾")
    '乾隆皇帝收藏了干燥的发饰'
    """
    result = from_code_points(character_table()[code_points(text)])
    if not _PHRASE_START.search(text):
        return result
    phrases, pattern = _phrases()
    pieces, done = [], 0
    for match in pattern.finditer(text):
        pieces += [result[done : match.start()], phrases[match.group()]]
        done = match.end()
    return "".join([*pieces, result[done:]])


@cache
def character_table() -> np.ndarray:
    """Give the uint32 table `(0x110000,)` of each code point's usual Simplified form."""
    table = identity_table()
    for traditional, simple in simplified("characters").items():
        table[ord(traditional)] = ord(simple)
    table.setflags(write=False)
    return table


@cache
def _phrases() -> tuple[dict[str, str], re.Pattern[str]]:
    phrases = simplified("phrases")
    longest_first = sorted(phrases, key=len, reverse=True)
    return phrases, re.compile("|".join(map(re.escape, longest_first)))


_PHRASE_START = re.compile("[\u4e00-\u9fff]{2}")
"""Without two Han characters in a row no phrase can occur."""
