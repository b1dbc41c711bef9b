"""Which texts are read together, so that little is padded and few shapes are compiled."""

from collections.abc import Sequence

from maskplay.reading.buckets import PASSAGE_LENGTHS, bucket, row_sizes

_CALL = 512
"""Positions that take as long as one more call of the network, and then some: few calls are simple."""


def batches(lengths: Sequence[int], positions: int, *, exact: bool = False) -> list[slice]:
    """Cut texts into batches that pad least, by dynamic programming over where a batch ends.

    A batch has the length of its longest text, rounded up to one of a few, and one of a few numbers of rows. All are
    full but the one with the shortest texts.

    Args:
        lengths: of the texts, rising, none above the longest of `PASSAGE_LENGTHS`.
        positions: that a batch may have, padding included.
        exact: whether a batch may have any shape, because nothing is compiled.

    Returns:
        What each batch has of the texts, in their order.

    >>> batches([60, 60, 60, 250, 256], 1024)
    [slice(0, 3, None), slice(3, 5, None)]
    """
    padded = list(lengths) if exact else [bucket(length, PASSAGE_LENGTHS) for length in lengths]
    least, begins = [0], [0]
    for end, length in enumerate(padded, 1):
        costs: dict[int, int] = {}
        for rows in row_sizes(positions // length):
            begin = max(0, end - rows)
            cost = least[begin] + _CALL + (end - begin if exact else rows) * length
            costs[begin] = min(cost, costs.get(begin, cost))
        begins.append(min(costs, key=costs.__getitem__))
        least.append(costs[begins[-1]])
    found = []
    end = len(padded)
    while end:
        found.append(slice(begins[end], end))
        end = begins[end]
    return found[::-1]
