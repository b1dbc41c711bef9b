"""What a language model sees."""

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import checked_length
from maskplay.masks.terms import Ranks, every


def causal(length: int, key_length: int | None = None) -> AttentionMask:
    """Make the mask of a language model: a query sees itself and all before it (Scientific Spaces 6933).

    The rank of a position is the position itself, and is kept as a range: the mask costs no memory.

    Args:
        length: positions of the queries.
        key_length: positions of the keys; default: as many. If there are more, the queries are the *last* ones, as
            in decoding with a cache.

    >>> print(causal(2, 5).drawing())
    causal, 2 queries x 5 keys
       0 1 2 3 4
    0  ████████·
    1  ██████████
    """
    queries = checked_length(length, "length")
    keys = queries if key_length is None else checked_length(key_length, "key_length")
    term = every([Ranks(range(keys - queries, keys), range(keys))])
    return AttentionMask(term, queries, keys, "causal")
