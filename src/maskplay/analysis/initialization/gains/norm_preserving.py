"""Initializers that keep norms."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf, prod
from typing import Any

import keras
from keras import ops, random

from maskplay.analysis.initialization.gains._fans import fans, kind_of
from maskplay.analysis.initialization.gains._orthonormal import delta_orthogonal, orthonormal
from maskplay.analysis.initialization.gains.gain import Gain, gain

_MODES = ("forward", "backward", "compromise")
_DISTRIBUTIONS = ("truncated_normal", "normal", "uniform", "ternary", "orthogonal")
_TRUNCATED = 0.87962566103423978  # deviation of the standard normal law, cut at ±2


# EinsumDense, and so every attention layer, tells its axes to initializers of this class only.
@keras.saving.register_keras_serializable(package="maskplay")
class NormPreserving(keras.initializers.VarianceScaling):
    """Draws weights that keep the size of signals, or of gradients, whatever the activation and the layer.

    The variance is gain(activation)² / fan (Scientific Spaces 7180), with the fan that the layer really has:

    | weights of | initializer |
    |---|---|
    | `Dense`, `EinsumDense`, `MultiHeadAttention`, `Conv1D` to `Conv3D` | `NormPreserving("relu")` |
    | … in groups, or with strides, backward | `NormPreserving("relu", "backward", groups=8, strides=2)` |
    | `DepthwiseConv`, the depthwise part of `SeparableConv` | `NormPreserving("relu", layer="depthwise")` |
    | `Conv1DTranspose` to `Conv3DTranspose` | `NormPreserving("relu", layer="transpose", strides=2)` |
    | `Embedding` | `NormPreserving(layer="embedding")` |

    One object may be given to many layers, and each gets its own numbers: unless you give it a number as seed. (Those
    of Keras give all layers of one shape the same weights.)

    Args:
        activation: what these weights read is this function of something normal: a name that Keras knows, or any
            function (to be saved, registered with Keras). In a stack it is that of the layer itself, too.
        mode: "forward" keeps the mean square of signals, "backward" that of gradients; "compromise" is between the
            two, as Glorot's.
        layer: "dense", "convolution", "depthwise", "transpose" or "embedding"; "auto" takes kernels of two axes for
            dense ones and others for those of convolutions.
        distribution: "truncated_normal", "normal", "uniform", "ternary", or "orthogonal": then the layer keeps the norm
            of every vector and not just of nearly all (convolutions are delta-orthogonal).
        scale: of the weights, on top: 1/√(2·blocks) for the last weights of residual branches.
        groups: of the convolution.
        strides: of the convolution, one for all axes or one each.
        seed: a number, or a `keras.random.SeedGenerator`.
        input_axes: axes of the kernel that are summed over; `EinsumDense` tells by itself.
        output_axes: its other axes.

    Raises:
        ValueError: an argument is not one of those; there is no such activation; no gradient passes it, and the
            mode is not "forward"; or strides do not let a transposed convolution be orthogonal.

    >>> import numpy as np
    >>> weights = NormPreserving("relu", seed=0)((400, 300))
    >>> round(float(np.var(np.asarray(weights))) * 400, 1)
    2.0
    >>> depthwise = NormPreserving(layer="depthwise", seed=0)((3, 3, 512, 1))
    >>> round(float(np.var(np.asarray(depthwise))) * 9, 1)
    1.0
    """

    def __init__(
        self,
        activation: str | Callable[[Any], Any] | None = "linear",
        mode: str = "forward",
        *,
        layer: str = "auto",
        distribution: str = "truncated_normal",
        scale: float = 1.0,
        groups: int = 1,
        strides: int | Sequence[int] = 1,
        seed: Any = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(seed=seed, input_axes=input_axes, output_axes=output_axes)
        for name, value, known in (("mode", mode, _MODES), ("distribution", distribution, _DISTRIBUTIONS)):
            if value not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}. Received: {value!r}")
        if not 0 < scale < inf:
            raise ValueError(f"scale must be a positive number. Received: {scale!r}")
        if seed is None:
            self.seed = None  # Keras would choose a number now, and draw the same weights for every layer
        kind_of((1,) * 3, layer)
        try:
            self.activation = keras.activations.get(activation)
        except ValueError as error:
            raise ValueError(
                f"There must be an activation of that name in Keras. Received: {activation!r}"
            ) from error
        self.mode, self.distribution, self.layer, self.scale = mode, distribution, layer, scale
        self.groups = groups
        self.strides = strides if isinstance(strides, int) else tuple(strides)

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Draw weights of a shape."""
        shape = tuple(shape)
        dtype = keras.backend.standardize_dtype(dtype or keras.config.floatx())
        if self.distribution == "orthogonal":
            return ops.cast(self._orthogonal(shape), dtype)
        deviation = self._variance(*self._fans(shape)) ** 0.5
        if self.distribution == "uniform":
            limit = 3**0.5 * deviation
            return random.uniform(shape, -limit, limit, dtype=dtype, seed=self.seed)
        if self.distribution == "ternary":
            signs = random.randint(shape, -1, 2, seed=self.seed)
            return ops.cast(signs, dtype) * (1.5**0.5 * deviation)
        if self.distribution == "normal":
            return random.normal(shape, stddev=deviation, dtype=dtype, seed=self.seed)
        return random.truncated_normal(shape, stddev=deviation / _TRUNCATED, dtype=dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        """Everything that the constructor takes."""
        names = ("mode", "layer", "distribution", "scale", "groups", "strides", "input_axes", "output_axes")
        return {
            "seed": super().get_config()["seed"],
            "activation": keras.activations.serialize(self.activation),
            **{name: getattr(self, name) for name in names},
        }

    def _fans(self, shape: tuple[int, ...]) -> tuple[float, float]:
        return fans(
            shape,
            "dense" if self.layer == "auto" and self.input_axes is not None else self.layer,
            groups=self.groups,
            strides=self.strides,
            input_axes=self.input_axes,
            output_axes=self.output_axes,
        )

    def _variance(self, fan_in: float, fan_out: float) -> float:
        found = _gain(self.activation)
        if found.backward == inf and self.mode != "forward":
            name = getattr(self.activation, "__name__", self.activation)
            raise ValueError(f'No gradient passes the activation {name}: only mode="forward" can be kept.')
        forward = fan_in / found.forward**2
        if self.mode == "forward":
            return self.scale**2 / forward
        backward = fan_out / found.backward**2
        return self.scale**2 / (backward if self.mode == "backward" else (forward + backward) / 2)

    def _orthogonal(self, shape: tuple[int, ...]) -> Any:
        """Orthonormal rows or columns, with the variance that independent entries would have."""
        if len(shape) < 2:
            raise ValueError(f"Orthogonal weights must have two axes or more. Received: {shape}")
        kind = "dense" if self.layer == "auto" and self.input_axes is not None else kind_of(shape, self.layer)
        if kind in ("dense", "embedding"):
            return self._orthogonal_matrix(shape)
        if kind == "transpose" and self._steps(len(shape) - 2) > 1:
            raise ValueError(
                "A transposed convolution with strides leaves gaps and cannot be orthogonal. "
                f"Choose another distribution. Received: strides={self.strides}"
            )
        middle = (*[1] * (len(shape) - 2), *shape[-2:])
        variance = self._variance(*self._fans(middle))
        longest = max(shape[-2], shape[-1] // self.groups) if kind != "depthwise" else shape[-1]
        return delta_orthogonal(shape, kind, self.groups, self.seed) * (variance * longest) ** 0.5

    def _orthogonal_matrix(self, shape: tuple[int, ...]) -> Any:
        into = (
            list(range(len(shape) - 1))
            if self.input_axes is None
            else [i % len(shape) for i in self.input_axes]
        )
        out = [i for i in range(len(shape)) if i not in into]
        rows, columns = prod(shape[i] for i in into), prod(shape[i] for i in out)
        variance = self._variance(*self._fans(shape))
        matrix = orthonormal(rows, columns, self.seed) * (variance * max(rows, columns)) ** 0.5
        tensor = ops.reshape(matrix, tuple(shape[i] for i in (*into, *out)))
        order = [*into, *out]
        return ops.transpose(tensor, [order.index(i) for i in range(len(shape))])

    def _steps(self, axes: int) -> int:
        return prod([self.strides] * axes if isinstance(self.strides, int) else self.strides)


@lru_cache(maxsize=64)
def _gain(activation: Callable[[Any], Any]) -> Gain:
    return gain(activation)
