"""What happens inside a model while it runs: each call of a layer or operation, and the masks around it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from maskplay.masks.audit._leaves import to_numpy

_ALONE = threading.Lock()  # the recorder stands in for methods of Keras' own classes
_NO_MASKS = ("use_causal_mask",)


@dataclass
class Tensor:
    """A tensor as it was when it was met.

    Attributes:
        value: Its value, or None where there is none yet (inside of a compiled loop).
        mask: The mask that it carried, or None.
        lost: Where its mask was lost, in words, or None.
        foreign: Whether no layer gave it: an operation outside of layers did.
    """

    value: np.ndarray | None
    mask: np.ndarray | None
    lost: str | None = None
    foreign: bool = False


@dataclass
class Call:
    """One call.

    Attributes:
        operation: The layer or operation.
        path: The names of the layers around it, and its own.
        parent: The number of the call around it; None at the top of the model.
        inputs: The tensors that went in, masks apart.
        given: Masks that went in as arguments.
        outputs: The tensors that came out.
        takes: Whether it has an argument for a mask.
        strips: Whether it took masks off tensors that are its caller's.
        planned_in: Whether a mask came in when the functional graph was made, which hands it on as an argument.
        planned_out: Whether one came out.
    """

    operation: Any
    path: str
    parent: int | None
    inputs: list[Tensor]
    given: list[Any]
    takes: bool
    outputs: list[Tensor] = field(default_factory=list)
    strips: bool = False
    planned_in: bool = False
    planned_out: bool = False


class Recorder:
    """While it is open, calls of layers and operations are noted, on this thread's runs of any model."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._known: dict[int, tuple[Any, Tensor]] = {}  # the tensors too, so that no id comes up again
        self._stack: list[int] = []
        self._closed = 0
        self._masks = False

    def __enter__(self) -> "Recorder":
        _ALONE.acquire()
        self._thread = threading.get_ident()
        self._originals = (keras.layers.Layer.__call__, keras.Operation.__call__)
        keras.layers.Layer.__call__ = self._around(self._originals[0], layers=True)
        keras.Operation.__call__ = self._around(self._originals[1], layers=False)
        return self

    def __exit__(self, *_: Any) -> None:
        keras.layers.Layer.__call__, keras.Operation.__call__ = self._originals
        _ALONE.release()

    def outputs(self, tensors: list[Any]) -> list[Tensor]:
        """What the model gave at the end, as a call would see it."""
        return [self._seen(x) for x in tensors]

    def _around(self, original: Callable, layers: bool) -> Callable:
        recorder = self

        def called(operation: Any, *args: Any, **kwargs: Any) -> Any:
            other = isinstance(operation, keras.layers.Layer) is not layers
            if other or recorder._closed or threading.get_ident() != recorder._thread:
                return original(operation, *args, **kwargs)
            return recorder._noted(original, operation, args, kwargs)

        return called

    def _noted(self, original: Callable, operation: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
        closed = _is_closed(operation)
        number, call, tensors = len(self.calls), self._call(operation, args, kwargs), _tensors(args, kwargs)
        self.calls.append(call)
        self._stack.append(number)
        self._closed += closed
        try:
            outputs = original(operation, *args, **kwargs)
        finally:
            self._closed -= closed
            self._stack.pop()
        for x, before in zip(tensors, call.inputs, strict=True):
            if before.mask is not None and _mask_of(x) is None:
                call.strips = True
                after = Tensor(before.value, None, f"{call.path!r} took it off the tensor")
                self._known[id(x)] = (x, after)
        call.outputs = [self._given(x, call) for x in keras.tree.flatten(outputs) if _is_tensor(x)]
        return outputs

    def _call(self, operation: Any, args: tuple, kwargs: dict[str, Any]) -> Call:
        names = operation.call_signature_parameters if isinstance(operation, keras.layers.Layer) else ()
        takes = any(_is_mask_name(name) for name in names)
        given = [v for k, v in kwargs.items() if _is_mask_name(k) and len(getattr(v, "shape", "---")) <= 2]
        parent = self._stack[-1] if self._stack else None
        path = operation.name
        if parent is not None and self.calls[parent].parent is not None:
            path = f"{self.calls[parent].path}/{path}"
        inputs = [self._seen(x) for x in _tensors(args, kwargs)]
        self._masks |= any(x.mask is not None for x in inputs) or bool(given)
        nodes = operation._inbound_nodes
        planned_in = any(_planned(x) for node in nodes for x in node.input_tensors)
        planned_out = any(_planned(x) for node in nodes for x in node.outputs)
        return Call(
            operation, path, parent, inputs, given, takes, planned_in=planned_in, planned_out=planned_out
        )

    def _seen(self, x: Any) -> Tensor:
        """What is known of a tensor that goes in."""
        mask, known = _mask_of(x), self._known.get(id(x))
        if known is None:
            value, inside = _value(x), bool(self._stack)
            floats = value is not None and value.dtype.kind == "f"
            lost = "an operation outside of layers dropped it" if inside and floats and self._masks else None
            known = (x, Tensor(value, mask, None if mask is not None else lost, foreign=inside))
            self._known[id(x)] = known
        _, tensor = known
        if (mask is None) == (tensor.mask is None):
            return tensor
        lost = tensor.lost or ("it was taken off the tensor" if mask is None else None)
        return Tensor(tensor.value, mask, lost)

    def _given(self, x: Any, call: Call) -> Tensor:
        """A tensor that comes out."""
        mask, lost, known = _mask_of(x), None, self._known.get(id(x))
        if known is not None and mask is None and known[1].mask is None:
            return known[1]  # handed on as it came, by a model for instance
        if mask is None and not call.planned_out:
            arrived = any(y.mask is not None for y in call.inputs) or bool(call.given) or call.planned_in
            before = next((y.lost for y in call.inputs if y.lost), None)
            lost = f"{call.path!r} dropped it" if arrived else before
        self._masks |= mask is not None
        tensor = Tensor(_value(x), mask, lost)
        self._known[id(x)] = (x, tensor)
        return tensor


def _is_closed(operation: Any) -> bool:
    """Whether what is inside is no business of the caller: Keras' own layers, and operations."""
    if isinstance(operation, keras.Model):
        return False
    return type(operation).__module__.startswith("keras.") or not isinstance(operation, keras.layers.Layer)


def _is_mask_name(name: str) -> bool:
    return (name == "mask" or name.endswith("_mask")) and name not in _NO_MASKS


def _tensors(args: tuple, kwargs: dict[str, Any]) -> list[Any]:
    values = [args, {k: v for k, v in kwargs.items() if not _is_mask_name(k)}]
    return [x for x in keras.tree.flatten(values) if _is_tensor(x)]


def _is_tensor(x: Any) -> bool:
    return keras.ops.is_tensor(x)


def _planned(x: Any) -> bool:
    return getattr(x, "_keras_mask", None) is not None


def _mask_of(x: Any) -> np.ndarray | None:
    mask = getattr(x, "_keras_mask", None)
    if mask is None:
        return None
    value = _value(mask)
    return np.ones((), bool) if value is None else value.astype(bool)


def _value(x: Any) -> np.ndarray | None:
    try:
        return to_numpy(x)
    except Exception:  # whatever a backend says of a tensor that has no value yet
        return None
