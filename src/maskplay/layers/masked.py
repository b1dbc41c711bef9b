"""Any stock sequence layer, made to honour a mask (Scientific Spaces 6810)."""

from typing import Any

import keras

from maskplay.layers._mask_rules import STOCK, rule_of
from maskplay.layers.composite import Composite
from maskplay.masks import keep


@keras.saving.register_keras_serializable("maskplay")
class Masked(Composite):
    """A stock Keras layer over `(batch, length, dim)`, made to honour a mask.

    Stock convolutions, poolings and group normalization let padding into their results, and most stock layers
    drop the mask. Wrapped, the result at a kept position does not depend on how much padding there is nor on
    what it holds, the output is 0 where it is not kept, and it carries its own mask: that of the input;
    shortened by strides and windows (a window counts if all that it covers is kept); or none, when the length
    is gone.

    Convolution, pooling, global pooling, normalization, recurrent layers in one direction or both,
    upsampling, softmax over the length, and whatever works on each position by itself can be wrapped; and a
    layer of your own whose `call` takes `mask`, which is trusted to honour it. Without a mask the layer does
    what it always does.

    Args:
        layer: The layer to wrap.
        **kwargs: `name`, `dtype`, `trainable`.

    Call arguments:
        x: `(batch, length, dim)`.
        mask: Boolean `(batch, length)`, True = keep; None keeps everything.

    Returns:
        What the layer returns.

    Raises:
        ValueError: The layer, or its settings, cannot be made to honour a mask.

    >>> import numpy as np
    >>> x, mask = np.ones((1, 4, 1)), np.array([[True, True, False, False]])
    >>> sums = keras.layers.Conv1D(1, 3, padding="same", kernel_initializer="ones")
    >>> np.asarray(sums(x)).ravel().tolist()
    [2.0, 3.0, 3.0, 2.0]
    >>> np.asarray(Masked(sums)(x, mask=mask)).ravel().tolist()
    [2.0, 2.0, 0.0, 0.0]
    """

    def __init__(self, layer: keras.layers.Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        rule = rule_of(layer)
        if rule is None:
            raise ValueError(
                f"Masked does not know how to make a {type(layer).__name__} honour a mask. It knows "
                f"{', '.join(STOCK)}, and any layer of your own whose call() takes `mask`. "
                "Wrap the parts of a model one by one."
            )
        reason = rule.refuse(layer)
        if reason:
            raise ValueError(f"A {type(layer).__name__} with these settings cannot honour a mask: {reason}.")
        self.layer = layer
        self._rule = rule

    def call(self, x: Any, mask: Any = None) -> Any:
        if mask is None:
            return self.layer(x)
        y = self._rule.call(self.layer, keep(x, mask), mask)
        return keep(y, self._rule.mask(self.layer, mask))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        return None if previous_mask is None else self._rule.mask(self.layer, previous_mask)
