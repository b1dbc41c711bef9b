"""Kernels of Keras' layers that are orthogonal as operators."""

from typing import Any

import keras
from keras import ops

from maskplay.analysis.initialization.gains._orthonormal import orthonormal
from maskplay.analysis.initialization.gains.norm_preserving import NormPreserving
from maskplay.analysis.initialization.report._kernels import einsum_axes

_DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
_TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose)


def orthogonal(layer: Any, kernel: Any, seed: int) -> Any:
    """Numbers for a kernel of a layer with which it keeps norms up to a factor, or as nearly as it can.

    Convolutions with strides would skip most of what they read, were they delta-orthogonal: their kernels are
    orthonormal as matrices from the window, which is the same where windows do not overlap.
    """
    shape = tuple(kernel.shape)
    pointwise = kernel is getattr(layer, "pointwise_kernel", None)
    if not pointwise and any(step > 1 for step in getattr(layer, "strides", ())):
        return _by_window(shape, getattr(layer, "groups", 1), seed)
    return NormPreserving(distribution="orthogonal", seed=seed, **_details(layer, kernel))(shape)


def _details(layer: Any, kernel: Any) -> dict[str, Any]:
    """What the initializer must know of the layer."""
    if isinstance(layer, keras.layers.EinsumDense):
        into, out = einsum_axes(layer.equation)
        return {"layer": "dense", "input_axes": into, "output_axes": out}
    if isinstance(layer, keras.layers.Dense):
        return {"layer": "dense"}
    if isinstance(layer, _DEPTHWISE) or kernel is getattr(layer, "depthwise_kernel", None):
        return {"layer": "depthwise"}
    if isinstance(layer, _TRANSPOSED):
        return {"layer": "transpose"}
    return {"layer": "convolution", "groups": getattr(layer, "groups", 1)}


def _by_window(shape: tuple[int, ...], groups: int, seed: int) -> Any:
    rows, columns = 1, shape[-1] // groups
    for length in shape[:-1]:
        rows *= length
    parts = [orthonormal(rows, columns, seed + 7919 * group) for group in range(groups)]
    return ops.reshape(ops.concatenate(parts, axis=1), shape)
