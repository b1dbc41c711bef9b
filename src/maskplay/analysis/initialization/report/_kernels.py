"""The weights of layers, with the fans that they really have."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.analysis.initialization._types import Array
from maskplay.analysis.initialization.gains._fans import fans

_TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose)
_DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
_SEPARABLE = (keras.layers.SeparableConv1D, keras.layers.SeparableConv2D)
_PLAIN = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)
NORMALIZATIONS = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
    keras.layers.RMSNormalization,
    keras.layers.UnitNormalization,
    keras.layers.Normalization,
)


@dataclass(frozen=True)
class Kernel:
    """The weights that a layer multiplies with.

    Attributes:
        kind: "dense", "convolution", "grouped", "depthwise", "separable", "transpose", "embedding", "recurrent",
            "other".
        gain: √(fan_in · mean square).
        usual: what Glorot's, LeCun's and He's variance, with the fans that Keras counts, make of that.
        zero: whether all are 0.
        same: whether all units have the same weights.
        values: one array.
    """

    kind: str
    gain: float
    usual: tuple[float, ...]
    zero: bool
    same: bool
    values: Array

    @property
    def miscounted(self) -> bool:
        """Whether Keras' initializers take the fan of such a kernel for much more than it is, and made this one."""
        if self.kind not in ("depthwise", "separable", "grouped", "transpose"):
            return False
        return any(usual < 0.75 and 0.7 < self.gain / usual < 1.3 for usual in self.usual)


def kernel_of(layer: Any, reads_ids: bool = False) -> Kernel | None:
    """The weights of a layer that multiply what goes in; None where there are none.

    Args:
        layer: it.
        reads_ids: whether integers go in: a layer that Keras does not have then takes rows of a table.
    """
    if isinstance(layer, NORMALIZATIONS):
        return None
    if isinstance(layer, _SEPARABLE):
        first = _kernel(layer.depthwise_kernel, "separable", "depthwise", strides=layer.strides)
        second = _kernel(layer.pointwise_kernel, "separable", "convolution")
        return Kernel(
            "separable",
            first.gain * second.gain,
            tuple(a * b for a, b in zip(first.usual, second.usual, strict=True)),
            first.zero or second.zero,
            second.same,
            second.values,
        )
    if isinstance(layer, _DEPTHWISE):
        return _kernel(layer.kernel, "depthwise", "depthwise", strides=layer.strides)
    if isinstance(layer, _TRANSPOSED):
        return _kernel(layer.kernel, "transpose", "transpose", strides=layer.strides)
    if isinstance(layer, _PLAIN):
        kind = "convolution" if layer.groups == 1 else "grouped"
        return _kernel(layer.kernel, kind, "convolution", groups=layer.groups, strides=layer.strides)
    if isinstance(layer, keras.layers.Embedding):
        return _kernel(layer.embeddings, "embedding", "embedding")
    if isinstance(layer, keras.layers.EinsumDense):
        into, out = einsum_axes(layer.equation)
        return _kernel(layer.kernel, "dense", "dense", input_axes=into, output_axes=out)
    if isinstance(layer, keras.layers.RNN):
        return _recurrent(layer)
    matrices = [v for v in layer.trainable_variables if len(v.shape) >= 2]
    if not matrices or layer._layers:
        return None
    largest = max(matrices, key=lambda v: int(np.prod(v.shape)))
    if isinstance(layer, keras.layers.Dense):
        return _kernel(largest, "dense", "auto")
    return _kernel(largest, "embedding", "embedding") if reads_ids else _kernel(largest, "other", "auto")


def _kernel(variable: Any, kind: str, layer: str, **details: Any) -> Kernel:
    values = np.asarray(ops.convert_to_numpy(ops.cast(ops.convert_to_tensor(variable), "float32")))
    fan_in, _ = fans(values.shape, layer, **details)
    counted_in, counted_out = fans(
        values.shape, "auto", input_axes=details.get("input_axes"), output_axes=details.get("output_axes")
    )
    variances = (2 / (counted_in + counted_out), 1 / counted_in, 2 / counted_in)
    size = float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))
    rows = values.reshape(-1, values.shape[-1]) if kind != "embedding" else values.T
    return Kernel(
        kind=kind,
        gain=fan_in**0.5 * size,
        usual=tuple(float((fan_in * variance) ** 0.5) for variance in variances),
        zero=size == 0,
        same=rows.shape[1] > 1 and kind != "depthwise" and float(np.ptp(rows, axis=1).max()) <= 1e-6 * size,
        values=values,
    )


def _recurrent(layer: Any) -> Kernel | None:
    cell = layer.cell
    if not all(hasattr(cell, name) for name in ("kernel", "recurrent_kernel")) or len(cell.kernel.shape) != 2:
        return None
    first = _kernel(cell.kernel, "recurrent", "dense")
    second = _kernel(cell.recurrent_kernel, "recurrent", "dense")
    return first if first.gain > second.gain else second


def einsum_axes(equation: str) -> tuple[list[int], list[int]]:
    """Axes of the kernel that are summed over, and the others."""
    left, right = equation.replace(" ", "").split("->")
    kernel = left.split(",")[1]
    into = [i for i, letter in enumerate(kernel) if letter not in right]
    return into, [i for i in range(len(kernel)) if i not in into]
