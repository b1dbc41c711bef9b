"""Folding: strings that differ only in width, case or script variant become the same string."""

import unicodedata
from functools import cache

import numpy as np

from maskplay.text._code_points import code_points, fill, from_code_points, identity_table
from maskplay.text.simplify import character_table


def fold(text: str) -> str:
    """Fold width, case and Traditional Chinese, one code point for one code point.

    Full-width forms become half-width (and half-width kana full-width), letters lower-case, Traditional
    characters Simplified. Because nothing is added or removed, an offset into the result is an offset into
    `text`. A character whose lower-case is longer than one code point (İ) stays as it is. Combining marks,
    emoji, NUL and lone surrogates survive. Folding twice changes nothing more.

    Args:
        text: any string.

    Returns:
        A string of exactly `len(text)` code points.

    >>> fold("ＤＮＡ、臺灣，３８２Ｍ")
    'dna、台湾,382m'
    """
    if isinstance(text, str) and text.isascii():
        return text.lower()
    return from_code_points(fold_table()[code_points(text)])


@cache
def fold_table() -> np.ndarray:
    """Give the uint32 table `(0x110000,)` of each code point's folded form."""
    table = identity_table()
    fill(table, lambda character: _usual_width(character).lower())
    simple = character_table()
    table = simple[simple[table]]  # twice: a few Simplified forms are themselves somebody's Traditional
    table.setflags(write=False)
    return table


def _usual_width(character: str) -> str:
    kind, _, points = unicodedata.decomposition(character).partition(" ")
    if kind not in ("<wide>", "<narrow>"):
        return character
    return chr(int(points, 16))
