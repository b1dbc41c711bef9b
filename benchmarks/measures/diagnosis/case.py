"""A model and what a diagnosis must say of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class Case:
    """A model, a batch, and what a diagnosis must say: one of the layers first, for one of the causes.

    Attributes:
        name: what was done to it.
        build: gives the model and the batch.
        layers: any of which may be named first; none where the model is healthy.
        causes: any of which may be said of it.
    """

    name: str
    build: Callable[[], tuple[keras.Model, Any]]
    layers: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
