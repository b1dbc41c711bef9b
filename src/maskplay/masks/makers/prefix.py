"""A source that is read both ways, and a target that is written (UniLM)."""

from typing import Any

import numpy as np
from keras import ops

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import checked_length, namespace, whole_numbers
from maskplay.masks.terms import Ranks
from maskplay.masks.terms.line import frozen


def prefix(segment_ids: Any) -> AttentionMask:
    """Make the mask of sequence to sequence with one network: the source sees the source, the target what is before it.

    Source positions have rank 0, target positions 1, 2, 3, … (Scientific Spaces 6933, Dong et al. 2019). Source that
    follows upon target again, as in a dialogue or at padding, has the next rank: it sees all before it and itself, and
    the target before it does not see it.

    Args:
        segment_ids: `(batch, length)` or `(length,)`; 0 for source, 1 for target. At padding 0: what comes last is
            then seen by padding alone. Rule padding out of attention with `& padding(mask)` where it stands elsewhere.

    Raises:
        TypeError: They are not whole numbers.
        ValueError: They have another rank, or other numbers than 0 and 1.

    >>> print(prefix([0, 0, 1, 1]).drawing())
    prefix, 4 queries x 4 keys
       0 1 2 3
    0  ████· ·
    1  ████· ·
    2  ██████·
    3  ████████
    """
    ids = whole_numbers(segment_ids, "segment_ids")
    if isinstance(ids, np.ndarray) and not np.isin(ids, (0, 1)).all():
        raise ValueError(
            f"segment_ids must be 0 (source) or 1 (target). Received: {sorted(set(ids.ravel().tolist()))[:9]}"
        )
    # The rank rises at each target, and at each source behind one.
    xp = namespace(ids)
    steps = xp.maximum(ids, xp.pad(ids, ((0, 0), (1, 0)))[:, :-1])
    rank = frozen(xp.cumsum(steps, axis=1, dtype="int32"))
    return AttentionMask(Ranks(rank, rank), ids.shape[1], ids.shape[1], "prefix")


def prefix_from_lengths(source_lengths: Any, length: int) -> AttentionMask:
    """Make the mask of `prefix` from the number of source positions, with which a row begins.

    Args:
        source_lengths: `(batch,)`, or one number for all; from 0 to `length`.
        length: positions of a row.

    Raises:
        TypeError: They are not whole numbers.
        ValueError: There are fewer positions than one of them says.

    >>> prefix_from_lengths([2], 4) == prefix([[0, 0, 1, 1]])
    True
    """
    length = checked_length(length, "length")
    lengths = lengths_of(source_lengths, "source_lengths", length)
    xp = namespace(lengths)
    positions = xp.arange(1, length + 1, dtype="int32")[None]
    # No minus: a symbolic tensor may be on its right.
    rank = frozen(xp.maximum(xp.subtract(positions, lengths), 0))
    text = f"prefix({source_lengths})" if isinstance(source_lengths, int) else "prefix"
    return AttentionMask(Ranks(rank, rank), length, length, text)


def lengths_of(lengths: Any, name: str, most: int) -> Any:
    """Give numbers of positions, one or `(batch,)`, from 0 to `most`, as a line `(batch or 1, 1)`."""
    line = _line_of(lengths, name)
    if isinstance(line, np.ndarray) and not (line.min() >= 0 and line.max() <= most):
        raise ValueError(
            f"{name} must be from 0 to the length of a row, {most}. Received: {line.ravel().tolist()[:9]}"
        )
    return line


def _line_of(lengths: Any, name: str) -> Any:
    given = np.asarray(lengths) if isinstance(lengths, list | tuple | bool) else lengths
    if "bool" in str(getattr(given, "dtype", "")):
        raise TypeError(
            f"{name} must be numbers of positions. Received: booleans. A mask is masks.padding(mask)."
        )
    shape = np.shape(lengths) if isinstance(lengths, list | tuple) else getattr(lengths, "shape", ())
    if len(shape) > 1:
        raise ValueError(f"{name} must have the shape (batch,). Received: shape {tuple(shape)}")
    if len(shape) == 0:
        return whole_numbers(
            np.reshape(lengths, (1,)) if _plain(lengths) else ops.reshape(lengths, (1,)), name
        )
    line = whole_numbers(lengths, name)
    return line.reshape(-1, 1) if _numpy(line) else ops.reshape(line, (-1, 1))


def _plain(value: Any) -> bool:
    return isinstance(value, int | float | np.ndarray | np.generic)


def _numpy(value: Any) -> bool:
    return isinstance(value, np.ndarray)
