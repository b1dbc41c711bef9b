"""Something done around every call of a layer, whatever the model."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

Around = Callable[[Callable[..., Any], Any, tuple, dict[str, Any]], Any]
"""Called with the original call, the layer, and its arguments; gives what the call gives."""

# What is inside of these runs once for each step, or under a transformation of the backend.
_CLOSED = (keras.layers.RNN, keras.layers.TimeDistributed)
_ALONE = threading.Lock()  # a method of Keras' own class is replaced meanwhile


@contextmanager
def around_layers(around: Around) -> Iterator[None]:
    """While it is open, calls of layers on this thread go through a function.

    Layers inside of recurrent ones and of `TimeDistributed` do not: they are called under loops.
    """
    original, thread, closed = keras.layers.Layer.__call__, threading.get_ident(), [0]

    def called(layer: Any, *args: Any, **kwargs: Any) -> Any:
        if closed[0] or threading.get_ident() != thread:
            return original(layer, *args, **kwargs)
        return around(within, layer, args, kwargs)

    def within(layer: Any, *args: Any, **kwargs: Any) -> Any:
        shut = isinstance(layer, _CLOSED)
        closed[0] += shut
        try:
            return original(layer, *args, **kwargs)
        finally:
            closed[0] -= shut

    with _ALONE:
        keras.layers.Layer.__call__ = called
        try:
            yield
        finally:
            keras.layers.Layer.__call__ = original
