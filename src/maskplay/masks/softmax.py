"""Softmax and log-sum-exp of what a mask keeps (Scientific Spaces 6810)."""

from typing import Any

from keras import ops

from maskplay.masks._align import Axis, align, narrow, wide
from maskplay.masks.extrema import masked_max


def masked_softmax(x: Any, mask: Any, axis: Axis = 1) -> Any:
    """Softmax over the kept entries along `axis`; 0 for all others, and everywhere where nothing is kept.

    It is computed in float32 at least and cast back. A kept entry of -inf counts as one that is not kept.

    Args:
        x: Scores of any rank, typically `(batch, length)` or `(batch, length, dim)`.
        mask: Boolean, True = keep, typically `(batch, length)`; its axes are the first axes of `x`, each as
            long as that of `x` or 1. None keeps everything. What is not kept may hold anything, NaN included.
        axis: One axis, or several (the softmax is then over all their entries together); the mask must reach
            them.

    Returns:
        Tensor of the shape of `x` and of its float type; float32 for integers.

    Raises:
        TypeError: The mask is not boolean.
        ValueError: The axis is out of range, or the mask does not fit.

    >>> import numpy as np
    >>> scores = np.array([[0.0, 0.0, 9.0], [1.0, 2.0, 3.0]])
    >>> mask = np.array([[True, True, False], [False, False, False]])
    >>> np.asarray(masked_softmax(scores, mask)).tolist()
    [[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]
    """
    x, mask, axes = align(x, mask, axis)
    exponentials, total, _ = _exponentials(wide(x), mask, axes)
    return narrow(exponentials / ops.where(total > 0, total, ops.ones_like(total)), like=x)


def masked_logsumexp(x: Any, mask: Any, axis: Axis = 1, keepdims: bool = False) -> Any:
    """Logarithm of the sum of exponentials of the kept entries along `axis`; -inf where nothing is kept.

    -inf is the logarithm of an empty sum, and what makes results compose: the log-sum-exp of log-sum-exps is
    that of all entries together. Its gradient is 0. Arguments, errors and precision as in `masked_softmax`.

    Returns:
        Tensor of the float type of `x` (float32 for integers) without the reduced axes, or with
        length 1 there if `keepdims`.

    >>> import numpy as np
    >>> scores = np.array([[0.0, 0.0, 9.0], [1.0, 2.0, 3.0]])
    >>> mask = np.array([[True, True, False], [False, False, False]])
    >>> [round(float(y), 4) for y in masked_logsumexp(scores, mask)]
    [0.6931, -inf]
    """
    x, mask, axes = align(x, mask, axis)
    _, total, peak = _exponentials(wide(x), mask, axes)
    # The logarithm is taken of 1 where the sum is 0: the gradient of a choice not taken is still computed.
    logarithm = ops.log(ops.where(total > 0, total, ops.ones_like(total))) + peak
    result = ops.where(total > 0, logarithm, ops.full_like(total, -float("inf")))
    return narrow(result if keepdims else ops.squeeze(result, axis=axes), like=x)


def _exponentials(x: Any, mask: Any, axes: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """exp(x - peak) where kept and 0 elsewhere; their sum; the peak. The last two with the axes kept."""
    peak = ops.stop_gradient(masked_max(x, mask, axes, keepdims=True))
    peak = ops.where(ops.isfinite(peak), peak, ops.zeros_like(peak))
    mask = ops.logical_and(mask, x > -float("inf"))
    zero = ops.zeros_like(x)
    exponentials = ops.where(mask, ops.exp(ops.where(mask, x - peak, zero)), zero)
    return exponentials, ops.sum(exponentials, axis=axes, keepdims=True), peak
