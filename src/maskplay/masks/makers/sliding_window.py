"""Only neighbours."""

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import checked_length
from maskplay.masks.terms import Ranks, every


def sliding_window(
    length: int, before: int, after: int | None = None, key_length: int | None = None
) -> AttentionMask:
    """Make the mask under which a query sees itself, `before` positions before it and `after` after it.

    Args:
        length: positions of the queries.
        before: how far back it sees, 0 or more.
        after: how far ahead it sees, 0 or more; default: as far as back. 0 makes the window one-sided, as does
            `& causal(length)`.
        key_length: positions of the keys; default: as many. If there are more, the queries are the *last* ones.

    >>> print(sliding_window(4, 1, 0).drawing())
    window(1, 0), 4 queries x 4 keys
       0 1 2 3
    0  ██· · ·
    1  ████· ·
    2  · ████·
    3  · · ████
    """
    queries = checked_length(length, "length")
    keys = queries if key_length is None else checked_length(key_length, "key_length")
    before = _checked(before, "before")
    after = before if after is None else _checked(after, "after")
    text = f"window({before}, {after})"
    # No further than from one end to the other: larger numbers would not fit into 32 bits.
    before, after = (min(reach, max(queries, keys)) for reach in (before, after))
    first = keys - queries
    sides = [
        Ranks(range(first + after, keys + after), range(keys)),
        Ranks(range(before - first, before - keys, -1), range(0, -keys, -1)),
    ]
    return AttentionMask(every(sides), queries, keys, text)


def _checked(reach: int, name: str) -> int:
    if isinstance(reach, bool) or not isinstance(reach, int):
        raise TypeError(f"{name} must be a whole number. Received: {type(reach).__name__} {reach!r}")
    if reach < 0:
        raise ValueError(f"{name} must be at least 0. Received: {reach}")
    return reach
