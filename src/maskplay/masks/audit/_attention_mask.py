"""Whatever stands for an attention mask, as a boolean array."""

from typing import Any

import numpy as np

from maskplay.masks.audit._leaves import to_numpy


def dense(mask: Any) -> np.ndarray:
    """Give a boolean array `(query, key)` or `(batch or 1, query, key)`.

    Args:
        mask: Such an array of any backend, or an object with a method `dense()` that gives one.

    Raises:
        TypeError: It is not boolean.
        ValueError: It has another rank.
    """
    method = getattr(mask, "dense", None)
    if callable(method):
        mask = method()
    array = to_numpy(mask) if hasattr(mask, "dtype") else np.asarray(mask)
    if array.dtype != bool:
        raise TypeError(
            f"An attention mask must be boolean, True where the query may look at the key. Received: {array.dtype}. "
            "Compare it first: `mask != 0`."
        )
    if array.ndim not in (2, 3):
        raise ValueError(
            "An attention mask must have the shape (query, key) or (batch or 1, query, key). "
            f"Received: {array.shape}. Choose one head."
        )
    return array
