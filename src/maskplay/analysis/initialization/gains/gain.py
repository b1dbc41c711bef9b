"""The factor that keeps the norm through an activation."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log
from typing import Any

import numpy as np

from maskplay.analysis.initialization._types import Floats
from maskplay.analysis.initialization.gains._elementwise import Elementwise
from maskplay.analysis.initialization.gains._normal_mean import normal_mean

_NEAR = 1e-4  # "at zero": more than the step of differences


@dataclass(frozen=True)
class Gain:
    """What an activation does to norms, forward and backward, for normal inputs.

    Attributes:
        forward: weights of variance forward²/fan_in keep the size of what is activated, from layer to layer.
        backward: weights of variance backward²/fan_out keep that of gradients.
        at_zero: the same for inputs that are nearly zero: 1 over the slope there; None at a kink.
        mean: of what the activation gives.
        mean_square: of it.
        slope_mean_square: of its derivative.
    """

    forward: float
    backward: float
    at_zero: float | None
    mean: float
    mean_square: float
    slope_mean_square: float

    @property
    def growth(self) -> float:
        """By how much a layer of the forward gain multiplies squared gradients: 1 for relu, 1.18 for tanh."""
        return (self.forward / self.backward) ** 2 if self.backward < inf else 0.0

    @property
    def depth(self) -> float:
        """The depth over which that changes squared gradients e times; infinite for relu and linear."""
        if self.growth == 0:
            return 0.0
        change = abs(log(self.growth))
        return 1 / change if change > 1e-5 else inf


def gain(activation: str | Callable[[Any], Any] | None, *, deviation: float = 1.0) -> Gain:
    """Find the gain of any activation, by quadrature.

    With inputs z that are normal, E[f(z)²] of their square is left, so that weights must be 1/√E[f(z)²] times larger
    (Scientific Spaces 7180 has the idea for relu); for gradients it is 1/√E[f'(z)²].

    Args:
        activation: a name that Keras knows, one of its activations, or any function that maps each number of an array
            by itself: of `keras.ops`, of the backend, or of NumPy.
        deviation: of the inputs.

    Raises:
        ValueError: there is no such activation; the deviation is not positive; or the function mixes its inputs (as
            softmax does), gives numbers that are not finite, or only zeros.

    >>> import numpy as np
    >>> round(gain("relu").forward, 4), round(gain("tanh").forward, 4), gain("tanh").at_zero
    (1.4142, 1.5925, 1.0)
    >>> round(gain(lambda z: np.sin(z)).backward, 5)
    1.32725
    """
    if not (np.isfinite(deviation) and deviation > 0):
        raise ValueError(f"deviation must be a positive number. Received: {deviation!r}")
    function = Elementwise(activation)

    def moments(z: Floats) -> Floats:
        value, slope = function(deviation * z)
        return np.stack([value, value**2, slope**2])

    mean, square, slope_square = (float(one) for one in normal_mean(moments))
    if square <= 0:
        raise ValueError(
            f"The activation must give something. Received: {function.name}, which gives zeros only"
        )
    left, right = (float(one) for one in function(np.array([-_NEAR, _NEAR]))[1])
    smooth = 0 < abs(left) < inf and abs(left - right) < 1e-2 * abs(left)
    return Gain(
        forward=deviation / square**0.5,
        backward=1 / slope_square**0.5 if slope_square > 0 else inf,
        at_zero=round(2 / abs(left + right), 5) if smooth else None,
        mean=mean,
        mean_square=square,
        slope_mean_square=slope_square,
    )
