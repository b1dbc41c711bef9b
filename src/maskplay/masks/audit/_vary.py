"""Other content for an input."""

import numpy as np


def vocabulary_of(x: np.ndarray, kept: np.ndarray, size: int | None, pad: float | None) -> np.ndarray:
    """The ids that may be put in the place of others.

    Args:
        x: Ids `(batch, length)`.
        kept: `(batch, length)`.
        size: Ids are below this; None takes those that occur.
        pad: The id of padding, which is never put in.

    Raises:
        ValueError: There are fewer than two.
    """
    ids = np.unique(x[kept]) if size is None else np.arange(size)
    ids = ids[ids != pad] if pad is not None else ids
    if len(ids) < 2:
        raise ValueError(
            "To see what an id changes, there must be two different ones at least, padding apart. Received: "
            f"{ids.tolist()}. Pass longer inputs, or vocabulary_size=."
        )
    return ids


def replaced(x: np.ndarray, ids: np.ndarray | None, rng: np.random.Generator, draw: int) -> np.ndarray:
    """An array of the shape of `x` that differs from it everywhere.

    Args:
        x: Any input: ids, floats or booleans.
        ids: Ids to choose from, for an integer input.
        rng: The source of chance.
        draw: How often this was done before; every other time floats are three times as large.
    """
    if x.dtype == bool:
        return ~x
    if x.dtype.kind == "i" and ids is not None:
        place = np.searchsorted(ids, x).clip(0, len(ids) - 1)
        here = ids[place] == x
        # A step of 1 to n - 1 around the circle of ids never comes back to the same one.
        step = rng.integers(1, len(ids), x.shape)
        return np.where(here, ids[(place + step) % len(ids)], rng.choice(ids, x.shape)).astype(x.dtype)
    if x.dtype.kind == "i":
        return rng.choice(x.ravel(), x.shape)
    spread = float(x.std()) or 1.0
    return (x.mean() + (1 if draw % 2 == 0 else 3) * spread * rng.normal(size=x.shape)).astype(x.dtype)
