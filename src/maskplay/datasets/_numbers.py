"""What a number in a spreadsheet may have been before: 39764.0 was 2008年11月12日."""

import re
from datetime import date, timedelta

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of spreadsheets, for every day after February 1900."""
_FIRST_DAY, _LAST_DAY = 61, 73050
"""1900-03-01 and 2099-12-31."""


class Literal(float):
    """A JSON number that remembers how it was written."""

    literal: str

    def __new__(cls, literal: str) -> "Literal":
        number = super().__new__(cls, literal)
        number.literal = literal
        return number

    def __str__(self) -> str:
        return self.literal


def originals(number: str) -> list[str]:
    """Give the texts that `number` may stand for, the likeliest first.

    >>> originals("39764.0")[:3]
    ['39764.0', '39764', '39,764']
    >>> "2008年11月12日" in originals("39764.0")
    True
    >>> originals("0.35")
    ['0.35', '35%']
    >>> originals("about 3")
    []
    """
    if not _NUMBER.fullmatch(number.strip()):
        return []
    short = plain(number)
    texts = [number.strip(), short]
    if "." in short:
        texts += [f"{float(short) * 100:.10g}%"] if 0 < float(short) < 1 else []
    else:
        texts.append(f"{int(short):,}")
        if _FIRST_DAY <= int(short) <= _LAST_DAY:
            texts += _dates(_DAY_ZERO + timedelta(days=int(short)))
    return list(dict.fromkeys(texts))


def plain(number: str) -> str:
    """Drop the zeros that a spreadsheet adds behind the point; other texts stay.

    >>> plain("147.0"), plain("1.50"), plain("第3.0版")
    ('147', '1.5', '第3.0版')
    """
    if not _NUMBER.fullmatch(number.strip()) or "." not in number:
        return number
    return number.strip().rstrip("0").rstrip(".")


def _dates(day: date) -> list[str]:
    y, m, d = day.year, day.month, day.day
    forms = [f"{y}年{m}月{d}日", f"{y}年{m:02}月{d:02}日", f"{y}年{m}月{d}号"]
    forms += [f"{y}{mark}{m:02}{mark}{d:02}" for mark in "-/."]
    forms += [f"{y}{mark}{m}{mark}{d}" for mark in "-/."]
    if d == 1:  # 1998年5月 became the first of May
        forms += [f"{y}年{m}月", f"{y}年{m:02}月"]
    return [*forms, f"{m}月{d}日"]
