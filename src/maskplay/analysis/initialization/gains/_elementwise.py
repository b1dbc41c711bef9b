"""Activations as functions of NumPy arrays, with their slopes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from maskplay.analysis.initialization._types import Floats

_STEP = 1e-6
_PADDED = 2048  # inputs come in multiples of it, so that a backend compiles few shapes


class Elementwise:
    """Any activation, called on float64 arrays, with its derivative.

    Functions of Keras and of backends are differentiated by the backend; those of NumPy by differences.

    Raises:
        ValueError: see `gain`.
    """

    def __init__(self, activation: str | Callable[[Any], Any] | None) -> None:
        self._function = _function(activation)
        self.name = (
            activation if isinstance(activation, str) else getattr(activation, "__name__", str(activation))
        )
        probe = np.linspace(-2.0, 2.0, 7)
        self._numpy = isinstance(_tried(self._function, probe), np.ndarray)
        whole, part = self(probe)[0], self(probe[2:5])[0]
        if whole.shape != probe.shape or not np.allclose(whole[2:5], part, rtol=1e-4, atol=1e-6):
            raise ValueError(
                f"The activation must map each number by itself. Received: {self.name}, which mixes them"
            )

    def __call__(self, z: Floats) -> tuple[Floats, Floats]:
        """Values and slopes `(n,)`, both."""
        value, slope = self._by_differences(z) if self._numpy else self._by_backend(z)
        if value.shape == z.shape and not (np.isfinite(value).all() and np.isfinite(slope).all()):
            at = float(z[~(np.isfinite(value) & np.isfinite(slope))][0])
            raise ValueError(
                f"The activation must give finite numbers. Received: {self.name}, not finite at {at:.3g}"
            )
        return value, slope

    def _by_differences(self, z: Floats) -> tuple[Floats, Floats]:
        with np.errstate(all="ignore"):  # what is not finite is told of afterwards
            low, value, high = (
                np.asarray(self._function(one), np.float64) for one in (z - _STEP, z, z + _STEP)
            )
            return value, (high - low) / (2 * _STEP)

    def _by_backend(self, z: Floats) -> tuple[Floats, Floats]:
        from keras import ops

        count = len(z)
        padded = np.pad(z, (0, -count % _PADDED if count > 7 else 0)).astype("float32")

        def both() -> tuple[Floats, Floats]:
            x = ops.convert_to_tensor(padded)
            value, slope = ops.jvp(self._function, (x,), (ops.ones_like(x),))
            return tuple(np.asarray(ops.convert_to_numpy(one), np.float64)[:count] for one in (value, slope))  # type: ignore[return-value]

        return _computed_now(both)


def _computed_now(numbers: Callable[[], tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Call a function so that numbers and derivatives come out of it, wherever TensorFlow is.

    While a model is built, it may be making a graph, or have its derivatives stopped (`tf.init_scope`): both are one
    thread's.
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        return numbers()
    with ThreadPoolExecutor(1) as other:
        return other.submit(numbers).result()


def _function(activation: str | Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    if callable(activation):
        return activation
    import keras

    try:
        return keras.activations.get(activation)
    except ValueError as error:
        raise ValueError(
            f"There must be an activation of that name in Keras. Received: {activation!r}"
        ) from error


def _tried(function: Callable[[Any], Any], probe: Floats) -> Any:
    """What it gives for an array; functions of a backend may refuse one."""
    try:
        with np.errstate(all="ignore"):
            return function(probe)
    except Exception:
        return None
