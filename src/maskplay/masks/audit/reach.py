"""How far several layers of one mask see."""

from typing import Any

import numpy as np

from maskplay.masks.audit._attention_mask import dense


def reach(mask: Any, depth: int, *, residual: bool = True) -> np.ndarray:
    """What a network of `depth` attention layers may see, if each may see what `mask` allows.

    A layer sees its keys, they saw theirs in the layer below: masks compose, as the product of boolean matrices. With
    residual connections a position also keeps what it had. A causal mask, a prefix mask and packed segments are
    closed under this, and stay what they are; a window of 2 back becomes one of 2 * depth.

    Args:
        mask: Boolean `(length, length)` or `(batch, length, length)`, True where the query may look at the key; or an
            object whose `dense()` gives one.
        depth: The number of layers.
        residual: Whether each layer's input is added to its output.

    Returns:
        Boolean array of the shape of the mask.

    Raises:
        TypeError: The mask is not boolean.
        ValueError: The mask is not square, or depth is below 1.

    >>> window = np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], bool)  # one back
    >>> reach(window, depth=2).astype(int)[3].tolist()
    [0, 1, 1, 1]
    >>> reach(window, depth=2, residual=False).astype(int)[3].tolist()
    [0, 1, 0, 0]
    """
    allowed = dense(mask)
    if allowed.shape[-1] != allowed.shape[-2]:
        raise ValueError(
            f"Only a square mask can be applied by one layer after another. Received: shape {allowed.shape}"
        )
    if depth < 1:
        raise ValueError(f"depth is the number of layers, 1 or more. Received: depth={depth}")
    if residual:
        allowed = allowed | np.eye(allowed.shape[-1], dtype=bool)
    step = allowed.astype(np.float32)  # a product of floats is fast, of booleans slow
    seen = allowed
    for _ in range(depth - 1):
        further = np.matmul(step, seen.astype(np.float32)) > 0
        if np.array_equal(further, seen):
            break  # nor will it change in the layers above
        seen = further
    return seen
