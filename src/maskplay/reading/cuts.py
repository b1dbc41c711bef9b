"""Where a text may be cut."""

import numpy as np

from maskplay.text import boundaries


def may_cut(text: str) -> np.ndarray:
    """Find where a text may be cut: not inside a number, a word, an emoji or a pair of title brackets.

    Args:
        text: any.

    Returns:
        bool `(length + 1,)`: whether it may be cut before each character, and behind the last.

    >>> "".join("|" if may else "." for may in may_cut("约382米《故乡》"))
    '||..||...|'
    """
    found = boundaries(text)
    outside = found.depth == 0
    inner = found.may_end[:-1] & found.may_start[1:] & outside[:-1] & outside[1:]
    return np.concatenate([[True], inner, [True]]) if text else np.ones(1, bool)
