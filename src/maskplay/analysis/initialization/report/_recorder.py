"""The calls of layers while a model runs, with places to put something on what goes in and comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
from keras import ops

# Where a tensor takes no attribute (JAX's tracers), Keras keeps its mask in a place of its own.
from keras.src.backend.common.masking import get_keras_mask, set_keras_mask


@dataclass
class Call:
    """One call of a layer.

    Attributes:
        layer: it.
        path: the names of the layers around it, and its own.
        parent: number of the call around it; None at the top.
        inputs: the tensors of floats that go in; for integers `reads_ids` tells.
        outputs: those that come out.
        sources: numbers of the calls that gave the inputs; -1 for the model's inputs, None where nobody knows.
        mask: of the first output, as Keras carries it.
        input_mask: of the first input of floats.
        reads_ids: whether integers go in.
    """

    layer: Any
    path: str
    parent: int | None
    inputs: list[Any] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)
    sources: list[int | None] = field(default_factory=list)
    mask: Any = None
    input_mask: Any = None
    reads_ids: bool = False


Taps = dict[int, tuple[Sequence[Any], Sequence[Any]]]
"""By number of a call: what is added to its inputs, and to its outputs."""


class Recorder:
    """Notes calls of layers and adds taps, while it stands around them: `with around_layers(recorder.note)`.

    Args:
        inputs: the model's.
        taps: for the calls to be tapped; None notes all calls, and adds nothing.
    """

    def __init__(self, inputs: Any, taps: Taps | None = None) -> None:
        self.calls: list[Call] = []
        self._taps = taps
        self._stack: list[int] = []
        self._from: dict[int, int] = {id(x): -1 for x in keras.tree.flatten(inputs)}
        self._kept: list[Any] = []  # so that no id comes up again
        self._masks: dict[int, Any] = {}
        self._names: dict[str, int] = {}

    def note(self, original: Callable, layer: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Call a layer, and note what goes in and comes out."""
        number = len(self.calls)
        call = Call(layer, self._path(layer), self._stack[-1] if self._stack else None)
        self.calls.append(call)
        wanted = self._taps is None or number in self._taps
        tensors = _values(args, kwargs)
        self._remember_masks(tensors)
        if wanted:
            floats = [x for x in tensors if is_float(x)]
            call.sources = [self._from.get(id(x)) for x in floats]
            call.input_mask = self._masks.get(id(floats[0])) if floats else None
            call.reads_ids = not call.sources and bool(tensors)
            args, kwargs, call.inputs = self._tapped_arguments(number, args, kwargs)
        self._stack.append(number)
        try:
            outputs = original(layer, *args, **kwargs)
        finally:
            self._stack.pop()
        if wanted:
            outputs, call.outputs = self._tapped(outputs, 1, number)
            self._remember(outputs, number)
            call.mask = next((mask_of(x) for x in call.outputs), None)
        return outputs

    def _remember(self, outputs: Any, number: int) -> None:
        for x in keras.tree.flatten(outputs):
            if ops.is_tensor(x):
                self._from[id(x)] = number
                self._kept.append(x)

    def _remember_masks(self, tensors: list[Any]) -> None:
        """Keras' attention takes the masks from what it is given, before its projections are called."""
        for x in tensors:
            mask = mask_of(x)
            if mask is not None:
                self._masks[id(x)] = mask
                self._kept.append(x)

    def _path(self, layer: Any) -> str:
        outer = [self.calls[number] for number in self._stack]
        path = "/".join([*(call.layer.name for call in outer if call.parent is not None), layer.name])
        self._names[path] = count = self._names.get(path, 0) + 1
        return path if count == 1 else f"{path} (call {count})"

    def _tapped_arguments(self, number: int, args: tuple, kwargs: dict[str, Any]) -> Any:
        masks = {name: value for name, value in kwargs.items() if is_mask_name(name)}
        others = {name: value for name, value in kwargs.items() if name not in masks}
        (args, others), floats = self._tapped((args, others), 0, number)
        return args, {**others, **masks}, floats

    def _tapped(self, nest: Any, side: int, number: int) -> tuple[Any, list[Any]]:
        """The nest with taps added to its tensors of floats, and these."""
        flat = keras.tree.flatten(nest)
        places = [i for i, x in enumerate(flat) if is_float(x)]
        if self._taps is None:
            return nest, [flat[i] for i in places]
        for i, tap in zip(places, self._taps[number][side], strict=True):
            flat[i] = _with_mask_of(flat[i], flat[i] + tap)
        return keras.tree.pack_sequence_as(nest, flat), [flat[i] for i in places]


def is_float(x: Any) -> bool:
    """Whether a leaf is a tensor of floats."""
    return ops.is_tensor(x) and "float" in keras.backend.standardize_dtype(x.dtype)


def is_mask_name(name: str) -> bool:
    """Whether an argument is a mask, by its name."""
    return name == "mask" or name.endswith("_mask")


def mask_of(x: Any) -> Any:
    """The mask that Keras has put on a tensor, or None."""
    return get_keras_mask(x)


def _values(args: tuple, kwargs: dict[str, Any]) -> list[Any]:
    values = [args, {name: value for name, value in kwargs.items() if not is_mask_name(name)}]
    return [x for x in keras.tree.flatten(values) if ops.is_tensor(x)]


def _with_mask_of(before: Any, after: Any) -> Any:
    mask = mask_of(before)
    if mask is not None:
        set_keras_mask(after, mask)
    return after
