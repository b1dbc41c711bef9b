"""Where an answer may start and end: never inside a number, a word, an emoji or a title."""

import re
from dataclasses import dataclass

import numpy as np

from maskplay.text import _character_classes as kind
from maskplay.text._code_points import code_points


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The spans that a text allows; see `boundaries`.

    A span from character `first` to character `last` (both inside the span) is allowed exactly if
    `may_start[first] and may_end[last] and depth[first] == depth[last]`.

    Attributes:
        may_start: bool `(length,)`: a span may begin with this character.
        may_end: bool `(length,)`: a span may end with this character, i.e. stop right behind it.
        depth: int32 `(length,)`: which pair of title brackets surrounds the character: 0 outside all of them,
            else the number of the innermost pair. The brackets themselves count as outside their own pair.
    """

    may_start: np.ndarray
    may_end: np.ndarray
    depth: np.ndarray


def boundaries(text: str) -> Boundaries:
    """Find where spans of `text` may start and end.

    Kept whole are:

    - runs of digits with their decimal point, thousands separators and percent sign, half- or full-width
      (`1,234.5`, `３８％`), and runs of Chinese numerals (三百八十二); the parts of a date stay separate
      answers (1963年 | 5月);
    - words of alphabets that put blanks between words, with digits, hyphens, apostrophes, dots and
      ampersands inside (`F-16`, `AT&T`, `e.g`, `don't`); Han, kana and Hangul may be cut anywhere;
    - combining sequences: marks, variation selectors, joined emoji, flags, skin tones, surrogate halves;
    - paired title brackets 《》 and 〈〉: a span has both of a pair or neither. A bracket without its
      partner is an ordinary character.

    Args:
        text: any string.

    Returns:
        A `Boundaries` with arrays of `len(text)`.

    >>> found = boundaries("约1,234.5米《故乡》")
    >>> "".join("^" if b else "." for b in found.may_start)
    '^^......^^^^.'
    >>> "".join("^" if b else "." for b in found.may_end)
    '^......^^.^^^'
    >>> found.depth.tolist()
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0]
    """
    points = code_points(text)
    glued = _glued(points)  # glued[i]: never cut between i and i + 1
    may_start, may_end = np.ones(len(text), bool), np.ones(len(text), bool)
    may_start[1:] = ~glued
    may_end[:-1] = ~glued
    pairs = _pairs(text)
    for opening, closing in pairs:
        may_end[opening] = may_start[closing] = False
    return Boundaries(may_start, may_end, _depth(pairs, len(text)))


def _glued(points: np.ndarray) -> np.ndarray:
    """Tell of each gap between neighbours, `(length - 1,)`, whether it must not be cut."""
    kinds = kind.classes()[points]
    word = (kinds == kind.DIGIT) | (kinds == kind.LETTER)
    # A mark belongs to the character before: judge words as if marks were not there.
    if (kinds == kind.EXTEND).any():
        base = np.maximum.accumulate(np.where(kinds == kind.EXTEND, 0, np.arange(len(kinds))))
        word = word[base]
    glued = word[:-1] & word[1:] | (kinds[1:] == kind.EXTEND) | (points[:-1] == _ZWJ)
    joined = _joiners(kinds) | _thousands(points, kinds)
    glued |= joined[:-1] | joined[1:]
    glued |= (kinds[:-1] == kind.DIGIT) & (kinds[1:] == kind.PERCENT)
    glued |= (kinds[:-1] == kind.NUMERAL) & (kinds[1:] == kind.NUMERAL)
    flags = np.flatnonzero((kinds[:-1] == kind.REGIONAL) & (kinds[1:] == kind.REGIONAL))
    glued[_alternate(flags)] = True
    return glued


def _joiners(kinds: np.ndarray) -> np.ndarray:
    """Find the marks inside words and numbers: `.` `-` `'` `&` between the characters that they join."""
    joined = np.zeros(len(kinds), bool)
    before, inner, after = kinds[:-2], kinds[1:-1], kinds[2:]
    letters = (before == kind.LETTER) & (after == kind.LETTER)
    digits = (before == kind.DIGIT) & (after == kind.DIGIT)
    mixed = (before == kind.LETTER) & (after == kind.DIGIT) | (before == kind.DIGIT) & (after == kind.LETTER)
    joined[1:-1] = (
        (inner == kind.DOT) & (letters | digits | (before == kind.LETTER) & (after == kind.DIGIT))
        | (inner == kind.HYPHEN) & (letters | mixed)
        | (inner == kind.IN_WORD) & letters
    )
    return joined


def _thousands(points: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Find the commas of 1,234,567: one to three digits before, exactly three behind."""
    joined = np.zeros(len(points), bool)
    digit = np.zeros(len(points) + 8, bool)
    digit[4:-4] = kinds == kind.DIGIT
    between = ((kinds == kind.COMMA) | (kinds == kind.WIDE_COMMA)) & digit[3:-5] & digit[5:-3]
    for i in np.flatnonzero(between):
        window = digit[i : i + 9].tolist()
        right = window[6] and window[7] and not window[8]
        left = not (window[2] and window[1] and window[0])
        wide = points[i - 1] >= 0xFF10
        joined[i] = left and right and (wide or kinds[i] == kind.COMMA)
    return joined


def _alternate(gaps: np.ndarray) -> np.ndarray:
    """Of each run of consecutive gaps keep the first, third, fifth: flags are pairs of letters."""
    if len(gaps) == 0:
        return gaps
    run_starts = np.r_[True, np.diff(gaps) > 1]
    since = np.arange(len(gaps)) - np.maximum.accumulate(np.where(run_starts, np.arange(len(gaps)), 0))
    return gaps[since % 2 == 0]


def _pairs(text: str) -> list[tuple[int, int]]:
    """Give the offsets of each opening bracket and its partner, by opening bracket."""
    pairs, waiting = [], []
    open_now = dict.fromkeys(_PARTNER.values(), 0)
    for match in _BRACKET.finditer(text):
        bracket, offset = match.group(), match.start()
        opening = _PARTNER.get(bracket)
        if opening is None:
            waiting.append((bracket, offset))
            open_now[bracket] += 1
        elif open_now[opening]:
            found = ""
            while found != opening:  # those without a partner on the way are dropped
                found, start = waiting.pop()
                open_now[found] -= 1
            pairs.append((start, offset))
    return sorted(pairs)


def _depth(pairs: list[tuple[int, int]], length: int) -> np.ndarray:
    """Number the innermost pair around each character, filling each stretch between brackets once."""
    depth = np.zeros(length, np.int32)
    events = [(closing, 0) for _, closing in pairs]
    events += [(opening, number) for number, (opening, _) in enumerate(pairs, 1)]
    around, done = [0], 0
    for offset, number in sorted(events):
        if number:
            depth[done : offset + 1] = around[-1]
            around.append(number)
        else:
            depth[done:offset] = around.pop()
            depth[offset] = around[-1]
        done = offset + 1
    return depth


_ZWJ = 0x200D
_PARTNER = {"》": "《", "〉": "〈"}
_BRACKET = re.compile("[《》〈〉]")
