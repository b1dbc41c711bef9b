"""The conformance test of a layer: public, for layers of your own as well."""

import warnings
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from maskplay.layers._checks import CHECKS
from maskplay.layers._layer_case import LayerCase, LayerCheckError, example


def check_layer(
    layer: keras.layers.Layer,
    *inputs: Any,
    mask: Any = None,
    skip: Mapping[str, str] | None = None,
) -> None:
    """Check that a layer keeps the contract of Keras, and that padding never changes what it says of the
       rest.

    The checks, in order:

    * `config`: a layer made from the config has the same config, the same settings and, given the same
      weights, the same output.
    * `build`: `build` with shapes alone creates every weight.
    * `symbolic`: shapes and types told beforehand are those of the output.
    * `fit`: one step of `fit`, compiled where the backend compiles, leaves a finite loss and finite weights,
      and changes some.
    * `save`: a model with the layer says the same after it is saved and loaded, whole or weights alone.
    * `mixed precision`: under mixed_float16 and mixed_bfloat16 weights stay float32, the output has the
      precision of computation, and is close to that of float32.
    * `padding`: neither the content nor the amount of padding changes the output at a kept position; an
      output with a length carries a mask. Only with `mask`.
    * `one by one`: each row alone, cut to its own length where that is a prefix, gives its row of the batch.

    Args:
        layer: An instance that was not called yet; the checks make their own copies from its config.
        *inputs: Example arrays, one for each tensor that `call` takes, `(batch, length, ...)`; a batch of 2
            at least. Use sizes that all differ, so that axes cannot be confused.
        mask: Boolean `(batch, length)`, True = keep, of the first input; rows of different lengths show most.
            It is passed to `call`, or attached to the input of a layer that passes masks through. A layer
            that makes its own mask from ids (0 = padding) should get ids that are 0 where the mask is False.
            None for a layer that knows no padding.
        skip: Names of checks that are known to fail, each with the reason.

    Raises:
        LayerCheckError: A check failed; the message tells which, what must hold and what was found.
        ValueError: A name in `skip` is not that of a check, or the batch is smaller than 2.

    >>> import numpy as np
    >>> check_layer(keras.layers.Dense(3), np.ones((2, 5), "float32"))
    """
    skip = skip or {}
    unknown = sorted(set(skip) - set(CHECKS))
    if unknown:
        raise ValueError(f"skip must name checks out of {list(CHECKS)}. Received: {unknown}")
    case = LayerCase(layer, tuple(example(x) for x in inputs), None if mask is None else np.asarray(mask))
    for name, check in CHECKS.items():
        if name in skip:
            continue
        try:
            with warnings.catch_warnings():
                # What Keras warns of here (a lost mask, a layer without build) is what is looked for.
                warnings.filterwarnings("error", category=UserWarning, module="keras")
                check(case)
        except Exception as error:
            raise LayerCheckError(f"{type(layer).__name__} fails the check {name!r}: {error}") from error
