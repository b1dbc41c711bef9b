"""A model is run: once for its shapes, once forward and backward."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.analysis._around import around_layers
from maskplay.analysis.initialization._types import Array
from maskplay.analysis.initialization.report._gradients import gradients, shapes_only, under_transformation
from maskplay.analysis.initialization.report._recorder import Call, Recorder, Taps, is_float, mask_of
from maskplay.analysis.initialization.report._tensors import tensors_of

_SEED = 7180


@dataclass(frozen=True)
class Flow:
    """What went through one layer that calls no other, as NumPy arrays.

    Attributes:
        call: what the recorder noted.
        number: of the call.
        inputs: what went in.
        outputs: what came out.
        input_gradients: of the loss by each input, through this layer alone.
        output_gradients: by each output.
        weight_gradients: by each of the layer's trainable weights; None where there is no path.
        kept: mask over the first axes of what comes out, or else of what goes in; None keeps all.
    """

    call: Call
    number: int
    inputs: list[Array]
    outputs: list[Array]
    input_gradients: list[Array]
    output_gradients: list[Array]
    weight_gradients: list[Array | None]
    kept: Array | None


@dataclass(frozen=True)
class Run:
    """What a run of a model gave.

    Attributes:
        flows: in the order of the calls.
        calls: all of them, those that call others too.
        inputs: the model's, of floats.
        loss: what was followed back.
        passes: how often the model was run, forward or forward and backward.
    """

    flows: list[Flow]
    calls: list[Call]
    inputs: list[Array]
    loss: float
    passes: int


def run(model: Any, batch: Any, *, loss: Callable[[Any], Any] | None = None, training: bool = True) -> Run:
    """Run a model forward and backward on a batch, and note what each layer does.

    Args:
        model: any Keras model.
        batch: its inputs, in its own nest.
        loss: of the model's outputs; None takes a random direction in the outputs, always the same.
        training: whether layers behave as in training.

    Raises:
        ValueError: the batch does not fit the model, or no output is of floats.
    """
    inputs = tensors_of(model, batch)
    passes = built(model, inputs)
    shapes: dict[int, tuple[list, list]] = {}

    def look(tensors: Any) -> None:
        recorder = Recorder(tensors)
        with around_layers(recorder.note):
            called(model, tensors, training)
        for number in _shown(recorder.calls, keras.tree.flatten(tensors)[0]):
            call = recorder.calls[number]
            shapes[number] = tuple(
                [(x.shape, _dtype(x)) for x in side] for side in (call.inputs, call.outputs)
            )  # type: ignore[assignment]

    shapes_only(look, inputs)
    flat = [one for sides in shapes.values() for side in sides for one in side]
    zeros = [ops.zeros(shape, dtype) for shape, dtype in flat]
    variables = [v for v in model.trainable_variables if is_float(ops.convert_to_tensor(v))]
    kept: list[Recorder] = []

    def function(taps: Any) -> Any:
        recorder = Recorder(inputs, _by_call(taps, shapes))
        with around_layers(recorder.note):
            outputs = called(model, inputs, training)
        kept.append(recorder)
        seen = {str(number): _seen(recorder.calls[number]) for number in shapes}
        total = _direction(outputs) if loss is None else loss(outputs)
        return total, (total, seen)

    (total, seen), by_tap, by_variable = gradients(function, zeros, variables)
    calls = kept[-1].calls
    slopes = {id(v): _array(g) for v, g in zip(variables, by_variable, strict=True)}
    by_tap = [
        np.zeros(x.shape, np.float32) if g is None else _array(g) for x, g in zip(zeros, by_tap, strict=True)
    ]
    tapped = _by_call(by_tap, shapes)
    flows = []
    for number in shapes:
        call = calls[number]
        mask, into, out = seen[str(number)]
        flows.append(
            Flow(
                call=call,
                number=number,
                inputs=[_array(x) for x in into],
                outputs=[_array(x) for x in out],
                input_gradients=list(tapped[number][0]),
                output_gradients=list(tapped[number][1]),
                weight_gradients=[slopes.get(id(v)) for v in call.layer.trainable_variables],
                kept=None if mask is None else _array(mask).astype(bool),
            )
        )
        call.inputs, call.outputs, call.mask, call.input_mask = (
            [],
            [],
            None,
            None,
        )  # tensors of the run, which need not live on
    arrays = [_array(x) for x in keras.tree.flatten(inputs) if is_float(x)]
    return Run(flows, calls, arrays, float(_array(total)), passes + 2)


def _shown(calls: list[Call], reference: Any) -> list[int]:
    """Numbers of the calls to be measured: those that call no others, but not those inside of the backend's loops."""
    inside: dict[int, list[int]] = {}
    for number in reversed(range(len(calls))):
        call = calls[number]
        if under_transformation(reference, [*call.inputs, *call.outputs]):
            continue
        outer = -1 if call.parent is None else call.parent
        inside[outer] = (inside.pop(number, []) or [number]) + inside.get(outer, [])
    return inside.get(-1, [])


def built(model: Any, inputs: Any) -> int:
    """Run a model that has never been built; say how often that was."""
    if all(layer.built for layer in model._flatten_layers()):
        return 0
    called(model, inputs, training=False)
    return 1


def called(model: Any, inputs: Any, training: bool) -> Any:
    """Call a model, as in training where it can tell."""
    if "training" in model.call_signature_parameters:
        return model(inputs, training=training)
    return model(inputs)


def _direction(outputs: Any) -> Any:
    """A fixed random direction in the outputs, whose gradient stands for that of a loss: 0 where there is padding."""
    rng, total, found = np.random.default_rng(_SEED), 0.0, False
    for x in keras.tree.flatten(outputs):
        if is_float(x):
            weights = ops.convert_to_tensor(rng.standard_normal(tuple(x.shape)), dtype="float32")
            mask = mask_of(x)
            if mask is not None and tuple(mask.shape) == tuple(x.shape)[: len(mask.shape)]:
                inner = (1,) * (len(x.shape) - len(mask.shape))
                weights = ops.where(ops.reshape(mask, (*mask.shape, *inner)), weights, 0.0)
            total = total + ops.sum(ops.cast(x, "float32") * weights)
            found = True
    if not found:
        raise ValueError(
            "The model must have an output of floats, for gradients to start from. Received: none"
        )
    return total


def _seen(call: Call) -> tuple[Any, list[Any], list[Any]]:
    mask = mask_of(call.outputs[0]) if call.outputs else None
    # The projections of attention carry none on, and yet they read padding.
    masks = (mask, call.mask, call.input_mask)
    return next((one for one in masks if one is not None), None), call.inputs, call.outputs


def _by_call(flat: Any, shapes: dict[int, tuple[list, list]]) -> Taps:
    rest = iter(flat)
    return {
        number: ([next(rest) for _ in into], [next(rest) for _ in out])
        for number, (into, out) in shapes.items()
    }


def _dtype(x: Any) -> str:
    return keras.backend.standardize_dtype(x.dtype)


def _array(x: Any) -> Any:
    if x is None:
        return None
    x = ops.convert_to_tensor(x)
    if is_float(x):
        x = ops.cast(x, "float32")
    return np.asarray(ops.convert_to_numpy(x))
