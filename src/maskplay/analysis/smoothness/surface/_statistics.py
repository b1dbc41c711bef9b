"""The statistics of batch normalization, taken from batches or set."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops

_ALONE = threading.Lock()  # attributes of layers are changed meanwhile


def batch_normalizations(model: keras.Model) -> list[Any]:
    """All layers of a model that normalize by batches, wherever in it."""
    return [x for x in model._flatten_layers() if isinstance(x, keras.layers.BatchNormalization)]


@contextmanager
def no_memory(model: keras.Model) -> Iterator[None]:
    """While it is open, moving averages become what the batch has."""
    layers = batch_normalizations(model)
    with _ALONE:
        before = [layer.momentum for layer in layers]
        try:
            for layer in layers:
                layer.momentum = 0.0
            yield
        finally:
            for layer, momentum in zip(layers, before, strict=True):
                layer.momentum = momentum


class Statistics:
    """Where the statistics of batch normalization stand among the variables that are not trained."""

    def __init__(self, model: keras.Model) -> None:
        place = {id(v): i for i, v in enumerate(model.non_trainable_variables)}
        layers = [layer for layer in batch_normalizations(model) if layer.built]
        self._pairs = [(place[id(one.moving_mean)], place[id(one.moving_variance)]) for one in layers]
        self._epsilons = [one.epsilon for one in layers]

    def __len__(self) -> int:
        return len(self._pairs)

    def only(self, state: Sequence[Any], after: Sequence[Any]) -> list[Any]:
        """The state with the statistics of another: counters and seeds stay."""
        found = list(state)
        for at in [i for pair in self._pairs for i in pair]:
            found[at] = after[at]
        return found

    def pooled(self, states: Sequence[Sequence[Any]]) -> list[Any]:
        """The state with the mean and variance of all batches together, which are of one size."""
        found = list(states[0])
        for mean, variance in self._pairs:
            means = ops.stack([state[mean] for state in states])
            squares = ops.stack([state[variance] + ops.square(state[mean]) for state in states])
            found[mean] = ops.mean(means, axis=0)
            found[variance] = ops.mean(squares, axis=0) - ops.square(found[mean])
        return found

    def off(self, state: Sequence[Any]) -> list[Any]:
        """The state with which nothing is centred or scaled."""
        found = list(state)
        for (mean, variance), epsilon in zip(self._pairs, self._epsilons, strict=True):
            found[mean] = ops.zeros_like(state[mean])
            found[variance] = ops.ones_like(state[variance]) - epsilon
        return found
