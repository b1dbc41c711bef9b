"""How many inputs each output of a layer sums over, and how many outputs each input reaches."""

from collections.abc import Sequence
from math import prod

LAYERS = ("auto", "dense", "convolution", "depthwise", "transpose", "embedding")


def fans(
    shape: Sequence[int],
    layer: str,
    *,
    groups: int = 1,
    strides: int | Sequence[int] = 1,
    input_axes: Sequence[int] | None = None,
    output_axes: Sequence[int] | None = None,
) -> tuple[float, float]:
    """Fan in and fan out of a weight.

    What Keras' own initializers take them for is right for `Dense`, `EinsumDense` and plain convolutions. They count
    the channels of depthwise kernels, which are not summed over; forget groups in fan out; and for transposed
    convolutions swap the two and forget the strides.

    Args:
        shape: of the kernel, as Keras has it.
        layer: what it belongs to; see `NormPreserving`.
        groups: of a convolution.
        strides: of a convolution: one for all axes, or one each.
        input_axes: axes of the kernel that are summed over, where the layer tells (`EinsumDense`).
        output_axes: its other axes.

    Raises:
        ValueError: the shape is not that of a kernel of such a layer.
    """
    shape = tuple(shape)
    kind = kind_of(shape, layer)
    if kind == "dense" and input_axes is not None and output_axes is not None:
        return float(prod(shape[i] for i in input_axes)), float(prod(shape[i] for i in output_axes))
    if kind == "embedding":
        return 1.0, 1.0
    if kind == "dense":
        return float(prod(shape[:-1])), float(shape[-1])
    window = float(prod(shape[:-2]))
    steps = float(prod([strides] * (len(shape) - 2) if isinstance(strides, int) else strides))
    if kind == "depthwise":
        return window, window * shape[-1] / steps
    if kind == "transpose":
        return window * shape[-1] / steps, window * shape[-2]
    return window * shape[-2], window * shape[-1] / groups / steps


def kind_of(shape: Sequence[int], layer: str) -> str:
    """What kind of kernel a shape is taken for.

    Raises:
        ValueError: there is no such kind, or it has kernels of other ranks.
    """
    if layer not in LAYERS:
        raise ValueError(f"layer must be one of {', '.join(LAYERS)}. Received: {layer!r}")
    rank = len(shape)
    if layer == "auto":
        layer = "dense" if rank <= 2 else "convolution"
    least = {"dense": 1, "embedding": 2}.get(layer, 3)
    if rank < least:
        raise ValueError(
            f"The weights of layer={layer!r} must have {least} axes or more. Received: {tuple(shape)}"
        )
    return layer
