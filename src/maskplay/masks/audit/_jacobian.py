"""Influence by derivatives: of the outputs with respect to the embedded (or the float) sequence."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.masks.audit._leaves import Leaves, Name, to_numpy
from maskplay.masks.audit._outputs import find_outputs, refuse_nan
from maskplay.masks.audit._perturb import Influence
from maskplay.masks.audit._runner import Runner, eager
from maskplay.masks.audit._sequence import SequenceInput


@dataclass(frozen=True)
class Variables:
    """What is differentiated by: arrays `(copies, length, ...)`, and a function of them to all outputs."""

    values: list[np.ndarray]
    sizes: list[float]
    function: Callable[[Sequence[Any]], list[Any]]


def jacobian(
    run: Runner, sequence: SequenceInput, *, output: Name | None, draws: int, seed: int
) -> Influence:
    """Take the norm of the derivative of each output position with respect to each input position.

    Each row is copied once for each output position; copy `i` asks, in one backward pass for all, for the gradient of
    a random projection of position `i`. Derivatives are times the usual size of the input, over that of the output.
    """
    leaves, rng = sequence.leaves, np.random.default_rng(seed)
    if len({len(x) for x in leaves.arrays}) > 1:
        raise ValueError(
            f'The inputs must share one batch for method="jacobian". Received: {leaves.shapes()}. '
            'Use method="perturbation".'
        )
    outputs = run.settled(leaves.arrays)
    refuse_nan(outputs, sequence.kept, "for these inputs")
    base = find_outputs(outputs, output, sequence.length, len(sequence.main))
    if any(y.dtype.kind != "f" or len(y) != len(sequence.main) for y in base.base):
        raise ValueError(
            "Outputs must be floats, a row for each row of the inputs, to have derivatives. Received: "
            f'{outputs.shapes()} of types {[str(y.dtype) for y in outputs.arrays]}. Use method="perturbation".'
        )
    rows, length = base.base[0].shape[:2]
    copies = [np.repeat(x, length, axis=0) for x in leaves.arrays]
    strength = np.zeros((rows, length, sequence.length))
    with _variables(run.model, sequence, copies) as variables:
        gradient = _gradient(
            lambda values: [variables.function(values)[i] for i in base.members], variables.values
        )
        for _ in range(draws):
            run.calls += 1
            found = gradient([_projections(y, rng) for y in base.base])
            for by, size in zip(found, variables.sizes, strict=True):
                norm = np.sqrt(np.square(by).reshape(*strength.shape, -1).sum(axis=-1))
                strength = np.maximum(strength, norm * size / min(base.scales))
    strength[~np.broadcast_to(sequence.kept[:, None, :], strength.shape)] = 0.0
    if np.isnan(strength).any():
        raise ValueError(
            'Derivatives must be numbers. Received: NaN. Use method="perturbation", or look for 0/0 in the model.'
        )
    return Influence(strength, 0.0, True)


def _projections(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random weights for the outputs of all copies: copy `i` of a row on position `i` and nothing else."""
    rows, length = y.shape[:2]
    weights = np.zeros((rows, length, *y.shape[1:]), np.float32)
    own = np.arange(length)
    weights[:, own, own] = np.where(np.isfinite(y), rng.normal(size=y.shape), 0.0)
    return weights.reshape(rows * length, *y.shape[1:])


@contextmanager
def _variables(model: Any, sequence: SequenceInput, copies: list[np.ndarray]) -> Iterator[Variables]:
    leaves = sequence.leaves
    floats = [i for i in sequence.members if copies[i].dtype.kind == "f"]

    def by_inputs(values: Sequence[Any]) -> list[Any]:
        arrays: list[Any] = list(copies)
        for i, value in zip(floats, values, strict=True):
            arrays[i] = value
        return _flat_outputs(model, leaves, arrays)

    if floats:
        yield Variables([copies[i] for i in floats], [_size(copies[i]) for i in floats], by_inputs)
        return
    with _Embedded(model, copies[sequence.members[0]]) as embedded:
        _flat_outputs(model, leaves, copies)
        if not embedded.found:
            raise ValueError(
                "The Jacobian needs a float input, or a Keras Embedding that reads the ids as they are. "
                'Received: a model without. Use method="perturbation".'
            )
        sizes = [_size(y) for y in embedded.found]

        def by_embedding(values: Sequence[Any]) -> list[Any]:
            embedded.add(values)
            return _flat_outputs(model, leaves, copies)

        yield Variables([np.zeros(y.shape, y.dtype) for y in embedded.found], sizes, by_embedding)


class _Embedded:
    """While it is open, what Embedding layers make of certain ids is noted; then something can be added to it."""

    def __init__(self, model: Any, ids: np.ndarray) -> None:
        layers = model._flatten_layers() if isinstance(model, keras.layers.Layer) else []
        self._layers = [layer for layer in layers if isinstance(layer, keras.layers.Embedding)]
        self._ids = ids
        self._matches: list[bool] = []  # for each call of an Embedding, in their order
        self._added: list[Any] | None = None
        self.found: list[np.ndarray] = []

    def __enter__(self) -> "_Embedded":
        for layer in self._layers:
            # On the instance, past Keras' tracking of attributes; Keras looks `call` up anew each time.
            vars(layer)["call"] = self._around(layer.call)
        return self

    def __exit__(self, *_: Any) -> None:
        for layer in self._layers:
            del vars(layer)["call"]

    def add(self, values: Sequence[Any]) -> None:
        """From now on, for one run of the model, add these."""
        self._calls, self._added = iter(self._matches), list(values)

    def _around(self, call: Callable) -> Callable:
        def noted(inputs: Any, *args: Any, **kwargs: Any) -> Any:
            outputs = call(inputs, *args, **kwargs)
            if self._added is not None:
                return outputs + ops.cast(self._added.pop(0), outputs.dtype) if next(self._calls) else outputs
            match = tuple(inputs.shape) == self._ids.shape and bool((to_numpy(inputs) == self._ids).all())
            self._matches.append(match)
            if match:
                self.found.append(to_numpy(outputs))
            return outputs

        return noted


def _flat_outputs(model: Any, leaves: Leaves, arrays: Sequence[Any]) -> list[Any]:
    return keras.tree.flatten(eager(model, leaves, arrays))


def _size(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(x)))) or 1.0


def _gradient(
    function: Callable[[Sequence[Any]], list[Any]], values: list[np.ndarray]
) -> Callable[[list[np.ndarray]], list[np.ndarray]]:
    """From weights, the gradient of the weighted sum of the outputs, on whichever backend is at hand."""

    def total(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:
        products = [
            ops.sum(ops.cast(ops.where(ops.isfinite(y), y, ops.zeros_like(y)), "float32") * weight)
            for y, weight in zip(function(tensors), weights, strict=True)
        ]
        return sum(products[1:], products[0])

    backend = keras.backend.backend()
    if backend not in ("jax", "torch", "tensorflow"):
        raise ValueError(f'The backend {backend!r} has no derivatives. Use method="perturbation".')
    by_backend = {"jax": _in_jax, "torch": _in_torch, "tensorflow": _in_tensorflow}[backend](total)

    def gradient(weights: list[np.ndarray]) -> list[np.ndarray]:
        tensors = [ops.convert_to_tensor(x) for x in values]
        found = by_backend(tensors, [ops.convert_to_tensor(w) for w in weights])
        return [np.zeros(x.shape) if g is None else to_numpy(g) for g, x in zip(found, values, strict=True)]

    return gradient


def _in_jax(total: Callable) -> Callable:
    import jax

    return jax.jit(jax.grad(total))


def _in_torch(total: Callable) -> Callable:
    import torch

    def gradient(tensors: list[Any], weights: list[Any]) -> list[Any]:
        tensors = [tensor.detach().requires_grad_() for tensor in tensors]
        # Not backward(), which would leave gradients in the model's weights.
        return list(torch.autograd.grad(total(tensors, weights), tensors, allow_unused=True))

    return gradient


def _in_tensorflow(total: Callable) -> Callable:
    import tensorflow as tf

    def gradient(tensors: list[Any], weights: list[Any]) -> list[Any]:
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            result = total(tensors, weights)
        return [g if g is None else tf.convert_to_tensor(g) for g in tape.gradient(result, tensors)]

    return gradient
