"""What two token sequences share: the longest contiguous run, or the bag."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeVar

Token = TypeVar("Token", bound=Hashable)


def longest_common_run(first: Sequence[Token], second: Sequence[Token]) -> Sequence[Token]:
    """The longest contiguous run of tokens that both sequences hold; the earliest in `first` on ties.

    Args:
        first: tokens.
        second: tokens.

    Returns:
        A slice of `first`, empty when nothing is shared.

    >>> longest_common_run("abxcd", "zbxcy")
    'bxc'
    >>> longest_common_run(["new", "york", "city"], ["york", "city"])
    ['york', 'city']
    """
    # Tokens become code points, so that the search for a run is the interpreter's search in a string.
    codes = {token: chr(index) for index, token in enumerate(dict.fromkeys([*first, *second]))}
    one = "".join([codes[token] for token in first])
    other = "".join([codes[token] for token in second])
    start = length = 0
    for begin in range(len(one)):
        if begin + length >= len(one):
            break
        while begin + length < len(one) and one[begin : begin + length + 1] in other:
            start, length = begin, length + 1
    return first[start : start + length]


def common_bag(first: Sequence[Token], second: Sequence[Token]) -> list[Token]:
    """The tokens shared as bags: each token of one can be used once by the other.

    >>> common_bag("aab", "abb")
    ['a', 'b']
    """
    return list((Counter(first) & Counter(second)).elements())
