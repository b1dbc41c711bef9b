"""What a picture of a mask shows, whatever it is drawn with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from maskplay.masks.attention_mask import AttentionMask

TERMINAL, PICTURE = 40, 160  # cells along a side
_MOST_PAIRS = 2**30


@dataclass(frozen=True)
class Scene:
    """A mask to be drawn.

    Attributes:
        title: stands above.
        facts: stands below the title, in small.
        cells: `(rows, columns)`, from 0 (nothing is seen) to 1.
        block: how many positions a cell stands for, along a side.
        query_labels: one for each row.
        key_labels: one for each column.
    """

    title: str
    facts: str
    cells: np.ndarray
    block: int
    query_labels: tuple[str, ...]
    key_labels: tuple[str, ...]


def scene(
    mask: "AttentionMask",
    tokens: Sequence[str] | None = None,
    query_tokens: Sequence[str] | None = None,
    row: int = 0,
    title: str | None = None,
    limit: int = PICTURE,
) -> Scene:
    """Prepare the picture of one row of a mask.

    Args:
        mask: of arrays, not of traced tensors.
        tokens: labels of the keys; those of the queries too, the last ones if there are fewer queries.
        query_tokens: labels of the queries.
        row: of the batch.
        title: default: what the mask was made of.
        limit: cells along a side; beyond, cells stand for blocks of positions.

    Raises:
        ValueError: The labels are too few or too many, or the mask is too large to be looked at.
        IndexError: There is no such row.
        TypeError: The mask holds traced tensors.
    """
    _, queries, keys = mask.shape
    if queries is None or keys is None:
        raise TypeError("A mask whose lengths are not known yet cannot be drawn.")
    if not 0 <= row < (mask.batch or 1) and mask.batch != 1:
        raise IndexError(f"row must be from 0 to {(mask.batch or 1) - 1}. Received: {row}")
    if queries * keys > _MOST_PAIRS:
        raise ValueError(
            f"{queries:,} x {keys:,} pairs are too many to look at. Draw a part: mask.queries(start, count)."
            "keys(start, count)."
        )
    key_labels = _labels(tokens, keys, "tokens", "keys")
    if query_tokens is None and tokens is not None and queries <= keys:
        query_labels = key_labels[keys - queries :]
    else:
        query_labels = _labels(query_tokens, queries, "query_tokens", "queries")
    block = -(-max(queries, keys) // limit)
    facts = f"{queries:,} queries x {keys:,} keys"
    if mask.batch != 1:
        facts += f", row {row} of {mask.batch}"
    if block > 1:
        facts += f", each cell {block} x {block} pairs"
    return Scene(
        title=mask.description if title is None else title,
        facts=facts,
        cells=_cells(mask, row, block, queries, keys),
        block=block,
        query_labels=query_labels[::block],
        key_labels=key_labels[::block],
    )


def _labels(tokens: Sequence[str] | None, count: int, name: str, of: str) -> tuple[str, ...]:
    if tokens is None:
        return tuple(map(str, range(count)))
    if len(tokens) != count:
        raise ValueError(f"{name} must be one for each of the {count} {of}. Received: {len(tokens)}")
    return tuple(_shown(str(token)) for token in tokens)


def _shown(token: str) -> str:
    """Write what cannot be seen, or would break a line, as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in token)


def _cells(mask: "AttentionMask", row: int, block: int, queries: int, keys: int) -> np.ndarray:
    """Give the share of seen pairs in each cell, a row of cells at a time."""
    columns = np.arange(0, keys, block)
    widths = np.diff(np.append(columns, keys))
    cells = []
    for start in range(0, queries, block):
        part = mask.queries(start, min(block, queries - start)).numpy()
        seen = part[row if part.shape[0] > 1 else 0]
        cells.append(np.add.reduceat(seen.sum(axis=0), columns) / (widths * seen.shape[0]))
    return np.array(cells)
