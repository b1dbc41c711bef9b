"""The form in which answers are compared."""

import re
import unicodedata
from functools import lru_cache

from maskplay.decoding.numerals import arabic_numerals

_DROPPED = frozenset("\"'`´“”‘’„«»《》〈〉「」『』﹁﹂﹃﹄〝〞")
_SAME = (
    dict.fromkeys("•・‧∙●⋅", "·") | dict.fromkeys("‐‑‒–—―−﹣", "-") | dict.fromkeys("〜∼", "~") | {"﹑": "、"}
)
_BLANK = re.compile(r"(?<=[0-9])\s+(?=[0-9])|(?P<dropped>\s+)")
_AT_THE_ENDS = "，。、；：！？…,;:!?"


@lru_cache(maxsize=1 << 16)
def normalise_answer(text: str) -> str:
    """Map answers that say the same in different dress to the same form, for `vote`.

    Folded are width, case, Traditional and Simplified characters, kinds of quotes, dashes and middle dots;
    dropped are quotes, title brackets, blanks (but not between two digits) and sentence marks at the ends;
    numerals are written in Arabic digits (`arabic_numerals`). The result is for comparing, not for reading.
    Normalising twice changes nothing more.

    Args:
        text: an answer.

    >>> normalise_answer("《靜夜思》"), normalise_answer("静夜思。")
    ('静夜思', '静夜思')
    >>> {normalise_answer(text) for text in ("三十年", "30年", "３０ 年")}
    {'30年'}
    """
    # Each round leaves fewer numerals or marks to change, so this ends; the bound is a guard.
    for _ in range(len(text) + 3):
        changed = _once(text)
        if changed == text:
            break
        text = changed
    return text


def _once(text: str) -> str:
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).translate(_CHARACTERS))
    text = _BLANK.sub(lambda blank: "" if blank["dropped"] else " ", text)
    return arabic_numerals(_without_final_stop(text.strip(_AT_THE_ENDS)))


class _Characters(dict[int, str]):
    """What becomes of each character, found out when it is first met: answers are too short for arrays."""

    def __missing__(self, code: int) -> str:
        from maskplay.text import fold  # its tables cost a moment: built at the first answer, not at import

        folded = fold(chr(code))
        self[code] = "" if folded in _DROPPED else _SAME.get(folded, folded)
        return self[code]


_CHARACTERS = _Characters()


def _without_final_stop(text: str) -> str:
    """Drop a last full stop, unless there are others: `u.s.` keeps its own."""
    return text[:-1] if text.find(".") == len(text) - 1 else text
