"""Several rows behind each other in one."""

from collections.abc import Iterable, Sequence

import numpy as np

from maskplay.writing.row import Row

_OPEN = 32  # bins that are filled at the same time; more waste less, and take longer


def packed_plan(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Put things into bins, each into the first open one that has room.

    Args:
        lengths: of the things, in the order in which they come; none above `size`.
        size: of a bin.

    Returns:
        The numbers of the things in each bin.

    >>> packed_plan([5, 4, 3, 2], 8)
    [[0, 2], [1, 3]]
    """
    full: list[list[int]] = []
    open_: list[tuple[int, list[int]]] = []
    for number, length in enumerate(lengths):
        for place, (room, things) in enumerate(open_):
            if length <= room:
                things.append(number)
                open_[place] = (room - length, things)
                break
        else:
            open_.append((size - length, [number]))
            if len(open_) > _OPEN:
                fullest = min(range(len(open_)), key=lambda place: open_[place][0])
                full.append(open_.pop(fullest)[1])
    return full + [things for _, things in open_]


def packed_rows(bins: Sequence[Iterable[Row]], rows: int, length: int) -> dict[str, np.ndarray]:
    """Put rows behind each other.

    Args:
        bins: what goes into each row.
        rows: of the batch; those behind the bins are empty.
        length: positions.

    Returns:
        int32 `(rows, length)` each: the fields of `Row`, and "documents": 1, 2, … for what belongs together, 0 for
        padding.
    """
    arrays = {name: np.zeros((rows, length), "int32") for name in (*Row._fields, "documents")}
    for number, things in enumerate(bins):
        begin = 0
        for document, row in enumerate(things, 1):
            stop = begin + len(row.tokens)
            for name, values in zip(Row._fields, row, strict=True):
                arrays[name][number, begin:stop] = values
            arrays["documents"][number, begin:stop] = document
            begin = stop
    return arrays
