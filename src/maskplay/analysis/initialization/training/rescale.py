"""Weights scaled by what really goes through them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.analysis._around import around_layers
from maskplay.analysis.initialization.report._channels import channel_axis
from maskplay.analysis.initialization.report._run import built, called
from maskplay.analysis.initialization.report._tensors import tensors_of
from maskplay.analysis.initialization.training._moments import moments
from maskplay.analysis.initialization.training._orthogonal import orthogonal

_KERNELS = (
    keras.layers.Dense,
    keras.layers.EinsumDense,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv1D,
    keras.layers.SeparableConv2D,
)


@dataclass(frozen=True)
class Rescaled:
    """What was done to one layer.

    Attributes:
        layer: its name.
        before: the deviation of what its weights gave, before any activation.
        factor: what they were multiplied by; 1 where that was left as it was.
        shift: how far the biases were moved, at most.
    """

    layer: str
    before: float
    factor: float
    shift: float


def rescale(
    model: keras.Model,
    batch: Any,
    *,
    size: float = 1.0,
    centre: bool = True,
    orthogonal: bool = False,
    dry_run: bool = False,
    seed: int = 0,
) -> tuple[Rescaled, ...]:
    """Scale the weights of every layer so that what they give has deviation 1 on a batch (LSUV).

    It mends wrong gains, wrong fans, dead units and saturation, and changes no more than weights: what the model can
    become stays the same. (Raw inputs are better normalised: to weights scaled for them, usual steps are giant.)

    Layers are taken as they are called, each on what the mended ones before it give, in one run of the model forward
    (Mishkin and Matas, 2016, with the shifts of Krähenbühl and others, 2016). Layers with a kernel of Keras are scaled,
    inside of blocks, attention and nested models too. Recurrent layers, embeddings, those of your own and all that is
    inside of `TimeDistributed` are left, and are not among what is returned (a Dense needs no `TimeDistributed` around
    it). A layer that is called several times is scaled by its first call, and layers whose weights are all 0 (such as
    the last of a residual branch) are left.

    Args:
        model: any Keras model.
        batch: its inputs, some 64 samples or more, as those that it will be trained on.
        size: the deviation that is wanted, before any activation.
        centre: move biases so that every unit has mean 0 on the batch: no unit is dead or saturated then.
        orthogonal: draw orthogonal weights first, as LSUV does: as operators, so that attention's projections are
            orthogonal over all heads, and convolutions delta-orthogonal. With strides a kernel is orthonormal as a
            matrix from its window.
        dry_run: say what would be done, and leave the model as it was.
        seed: of orthonormal weights.

    Returns:
        What was done, in the order of the calls.

    Raises:
        TypeError: that is no Keras model.
        ValueError: the batch does not fit it; no layer can be scaled; `size` is not positive; or a layer gives numbers
            that are not finite.

    >>> model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, kernel_initializer="ones", name="large")])
    >>> done = rescale(model, 300 + 50 * np.random.default_rng(0).standard_normal((64, 8)))
    >>> done[0].layer, done[0].factor < 0.1, done[0].shift > 1
    ('large', True, True)
    """
    if not 0 < size < float("inf"):
        raise ValueError(f"size must be a positive number. Received: {size!r}")
    inputs = tensors_of(model, batch)
    built(model, inputs)
    layers = [layer for layer in model._flatten_layers() if isinstance(layer, _KERNELS)]
    if not layers:
        raise ValueError(
            "The model must have a layer with a kernel of Keras, such as Dense. Received: none that has"
        )
    before = [(v, ops.convert_to_numpy(v)) for layer in layers for v in layer.variables]
    scaler = _Scaler(size, centre, orthogonal, seed)
    try:
        with around_layers(scaler.around):
            called(model, inputs, training=False)
    except BaseException:
        dry_run = True
        raise
    finally:
        if dry_run:
            for variable, value in before:
                variable.assign(value)
    return tuple(scaler.done)


class _Scaler:
    """Stands around the calls of layers, and scales each before its first."""

    def __init__(self, size: float, centre: bool, orthogonal: bool, seed: int) -> None:
        self.done: list[Rescaled] = []
        self._size, self._centre, self._orthogonal, self._seed = size, centre, orthogonal, seed
        self._known: set[int] = set()
        self._names: list[str] = []

    def around(self, call: Callable, layer: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Scale the weights of a layer, and then call it."""
        self._names.append(layer.name)
        try:
            return self._scaled(call, layer, args, kwargs)
        finally:
            self._names.pop()

    def _scaled(self, call: Callable, layer: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        if isinstance(layer, _KERNELS) and id(layer) not in self._known:
            self._known.add(id(layer))
            kernels = _kernels(layer)
            if all(np.any(ops.convert_to_numpy(kernel)) for kernel in kernels):
                with _without_activation(layer):
                    self._scale(layer, kernels, lambda: call(layer, *args, **kwargs))
        return call(layer, *args, **kwargs)

    def _scale(self, layer: Any, kernels: list[Any], output: Callable[[], Any]) -> None:
        if self._orthogonal:
            for kernel in kernels:
                self._seed += 1
                kernel.assign(orthogonal(layer, kernel, self._seed))
        bias: Any = getattr(layer, "bias", None)
        axis, shape = channel_axis(layer), None if bias is None else tuple(bias.shape)
        mean, deviation = moments(output(), axis, shape)
        if not (np.isfinite(mean).all() and np.isfinite(deviation)):
            raise ValueError(f"The layers must give finite numbers. Received: {layer.name} gives others")
        movable = self._centre and bias is not None and mean.shape == shape
        # Where no bias can be moved, the mean is part of the size.
        whole = deviation if movable else float(np.sqrt(deviation**2 + np.mean(mean**2)))
        factor = self._size / whole if whole > 0 else 1.0
        for kernel in kernels:
            kernel.assign(ops.convert_to_tensor(kernel) * factor ** (1 / len(kernels)))
        shift = 0.0
        if movable:
            mean, _ = moments(output(), axis, shape)
            shift = float(np.abs(mean).max())
            bias.assign(ops.convert_to_tensor(bias) - ops.convert_to_tensor(mean, dtype=bias.dtype))
        elif bias is not None:
            bias.assign(ops.convert_to_tensor(bias) * factor)
        self.done.append(Rescaled("/".join(self._names[1:]), whole, factor, shift))


@contextmanager
def _without_activation(layer: Any) -> Iterator[None]:
    """The layer as if it ended with its weights."""
    activation = getattr(layer, "activation", None)
    if activation is None:
        yield
        return
    layer.activation = keras.activations.linear
    try:
        yield
    finally:
        layer.activation = activation


def _kernels(layer: Any) -> list[Any]:
    if isinstance(layer, keras.layers.SeparableConv1D | keras.layers.SeparableConv2D):
        return [layer.depthwise_kernel, layer.pointwise_kernel]
    return [layer.kernel]
