"""What each code point is to `boundaries`: one byte per code point, looked up by arrays."""

import unicodedata
from functools import cache

import numpy as np

from maskplay.text._code_points import COUNT

OTHER, DIGIT, LETTER, EXTEND, REGIONAL, DOT, HYPHEN, IN_WORD, COMMA, WIDE_COMMA, PERCENT, NUMERAL = range(12)

_MARKS = {DOT: ".．", HYPHEN: "-‐‑－", IN_WORD: "'’＇&＆", COMMA: ",", WIDE_COMMA: "，", PERCENT: "%％‰"}
_MARKS[NUMERAL] = "〇零一二三四五六七八九十百千万亿萬億"

# Scripts written without blanks between words: their letters may be cut anywhere.
_UNSPACED = (
    (0x0E00, 0x1000),  # Thai, Lao, Tibetan
    (0x1000, 0x10A0),  # Burmese
    (0x1100, 0x1200),  # Hangul letters
    (0x1780, 0x1800),  # Khmer
    (0x2E80, 0xA640),  # Han, kana, Bopomofo, Yi
    (0xA960, 0xA980),  # Hangul letters
    (0xAC00, 0xFB00),  # Hangul syllables, private use, Han
    (0xFF65, 0xFFE0),  # half-width kana and Hangul
)
_EXTENDING = (
    (0x1160, 0x1200),  # Hangul vowels and finals, which join the letter before
    (0x200D, 0x200E),  # zero-width joiner
    (0x1F3FB, 0x1F400),  # skin tones
    (0xE0020, 0xE0080),  # tags of flag emoji
    (0xDC00, 0xE000),  # low surrogates, left alone by a broken string
    (0xFF9E, 0xFFA0),  # half-width voicing marks
)
_LAST_ALPHABET = 0x1F000
_SMALL = "²³¹⁰ⁱ⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉"


@cache
def classes() -> np.ndarray:
    """Give the uint8 table `(0x110000,)` of classes."""
    table = np.zeros(COUNT, dtype=np.uint8)
    gaps = [0, *(edge for block in _UNSPACED for edge in block), _LAST_ALPHABET]
    for first, end in zip(gaps[::2], gaps[1::2], strict=True):
        table[first:end] = [_class(chr(point)) for point in range(first, end)]
    for first, end in _UNSPACED:
        table[[p for p in range(first, end) if unicodedata.combining(chr(p))]] = EXTEND
    for first, end in (*_EXTENDING, (0xE0100, 0xE01F0)):
        table[first:end] = EXTEND
    table[0x1F1E6:0x1F200] = REGIONAL
    table[[ord(character) for character in _SMALL]] = LETTER
    for kind, marks in _MARKS.items():  # after the letters: numerals are letters too
        table[[ord(mark) for mark in marks]] = kind
    table.setflags(write=False)
    return table


def _class(character: str) -> int:
    category = unicodedata.category(character)
    if category == "Nd" or character in "½⅓⅔¼¾":
        return DIGIT
    if category[0] == "L" or category == "Nl":
        return LETTER
    return EXTEND if category[0] == "M" else OTHER
