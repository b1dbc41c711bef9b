"""The largest learning rate with which plain gradient descent still goes down, found by trying."""

import numpy as np

from maskplay.analysis.smoothness.surface.loss_surface import LossSurface

_HALVINGS = 4  # of the ratio between a rate that goes down and one that does not: to 2^(1/16), 4 %
_FARTHEST = 12  # doublings, or halvings, of the first guess


def largest_rate(surface: LossSurface, guess: float, steps: int) -> float:
    """Try learning rates around a guess: each by so many steps from the origin, on all data.

    A rate goes down if the loss stays finite, ends below where it began, and its last half is not above its first: what
    grows without bound is seen even where it began small. The next larger rate that was tried, 4 % more, does not.

    Returns:
        The rate; 0 if none goes down, infinity if all do.
    """
    low, high = 0.0, float("inf")
    rate = guess
    for _ in range(_FARTHEST):
        if goes_down(surface, rate, steps):
            low = rate
            if high < float("inf"):
                break
            rate *= 2
        else:
            high = rate
            if low > 0:
                break
            rate /= 2
    if low == 0 or high == float("inf"):
        return low if low == 0 else high
    for _ in range(_HALVINGS):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if goes_down(surface, middle, steps) else (low, middle)
    return low


def goes_down(surface: LossSurface, rate: float, steps: int) -> bool:
    """Whether gradient descent with this rate goes down."""
    at, losses = surface.origin, []
    for _ in range(steps):
        loss, gradient = surface.gradient(at)
        losses.append(loss)
        if not np.isfinite(loss) or loss > 10 * abs(losses[0]) + 1e-30:
            return False
        at = at - np.float32(rate) * gradient
    half = steps // 2
    losses.append(surface.loss(at))
    return bool(losses[-1] < losses[0] and max(losses[half:]) <= max(losses[: half + 1]))
