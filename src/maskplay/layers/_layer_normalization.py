"""A layer normalization that keeps little for its gradient."""

from typing import Any

import keras

from maskplay.masks.lowering.on_cpu import on_cpu


@keras.saving.register_keras_serializable("maskplay")
class LayerNormalization(keras.layers.LayerNormalization):
    """`keras.layers.LayerNormalization` of the last axis; on a CPU, JAX has another way, see `normalized`.

    >>> LayerNormalization()(keras.ops.ones((2, 5))).shape
    (2, 5)
    """

    def call(self, inputs: Any) -> Any:
        if not (self._affine_of_the_last(inputs) and str(inputs.dtype) == "float32" and on_cpu()):
            return super().call(inputs)
        from maskplay.layers._normalized import normalized

        y = normalized(inputs, self.gamma.value, self.beta.value, self.epsilon)
        return keras.ops.cast(y, self.compute_dtype)

    def _affine_of_the_last(self, inputs: Any) -> bool:
        alone = list(self.axis) in ([-1], [len(inputs.shape) - 1])
        return alone and self.gamma is not None and self.beta is not None and not self.rms_scaling
