"""How each stock Keras layer is made to honour a mask: one rule a kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.masks import masked_max, masked_mean, masked_softmax, masked_variance


@dataclass(frozen=True)
class Rule:
    """What `Masked` does with one kind of layer.

    Attributes:
        call: `(layer, x, mask) -> y`; `x` is 0 where it is not kept.
        mask: `(layer, mask) -> mask of y`, or None when y has no length.
        refuse: `(layer) -> why these settings cannot honour a mask`, or None when they can.
    """

    call: Callable[[Any, Any, Any], Any]
    mask: Callable[[Any, Any], Any]
    refuse: Callable[[Any], str | None]


def rule_of(layer: Any) -> Rule | None:
    """The rule of a stock layer by its exact type, for a subclass may do anything; of others by `call`."""
    if type(layer) in _RULES:
        return _RULES[type(layer)]
    ours = not type(layer).__module__.startswith("keras.") and not isinstance(layer, keras.Model)
    return _TAKES_MASK if ours and "mask" in layer.call_signature_parameters else None


# === calls ===


def _plain(layer: Any, x: Any, mask: Any) -> Any:
    return layer(x)


def _with_mask(layer: Any, x: Any, mask: Any) -> Any:
    return layer(x, mask=mask)


def _recurrent(layer: Any, x: Any, mask: Any) -> Any:
    # From Keras 3.16 recurrent layers say that they do not support masks, although they honour them.
    layer.supports_masking = True
    return layer(x, mask=mask)


def _softmax(layer: Any, x: Any, mask: Any) -> Any:
    return masked_softmax(x, mask, axis=1) if layer.axis == 1 else layer(x)


def _global_mean(layer: Any, x: Any, mask: Any) -> Any:
    return masked_mean(x, mask, axis=1, keepdims=layer.keepdims)


def _global_max(layer: Any, x: Any, mask: Any) -> Any:
    return masked_max(x, mask, axis=1, keepdims=layer.keepdims)


def _mean_pooling(layer: Any, x: Any, mask: Any) -> Any:
    # Both means are over the same windows, so that their ratio is the mean over kept positions.
    share = layer(ops.cast(mask, x.dtype)[:, :, None])
    return layer(x) / ops.where(share > 0, share, ops.ones_like(share))


def _max_pooling(layer: Any, x: Any, mask: Any) -> Any:
    lowest = ops.full_like(x, -float("inf"))
    return layer(ops.where(mask[:, :, None], x, lowest))


def _group_normalization(layer: Any, x: Any, mask: Any) -> Any:
    """Statistics of each group over kept positions, in float32."""
    if not layer.built:
        layer.build(x.shape)
    shape, dim = ops.shape(x), x.shape[-1]
    groups = dim if layer.groups == -1 else layer.groups
    grouped = ops.reshape(ops.cast(x, "float32"), (shape[0], shape[1], groups, dim // groups))
    mean = masked_mean(grouped, mask[:, :, None, None], axis=(1, 3), keepdims=True)
    variance = masked_variance(grouped, mask[:, :, None, None], axis=(1, 3), keepdims=True)
    y = ops.reshape((grouped - mean) * ops.rsqrt(variance + layer.epsilon), shape)
    if layer.scale:
        y = y * ops.cast(layer.gamma, y.dtype)
    if layer.center:
        y = y + ops.cast(layer.beta, y.dtype)
    return ops.cast(y, layer.compute_dtype)


# === masks of the output ===


def _same(layer: Any, mask: Any) -> Any:
    return mask


def _none(layer: Any, mask: Any) -> None:
    return None


def _of_sequence(layer: Any, mask: Any) -> Any:
    return mask if layer.return_sequences else None


def _of_windows(layer: Any, mask: Any) -> Any:
    """A window is kept if all that it covers is; under "causal" padding, if its last position is."""
    size, stride, dilation = _window(layer)
    if layer.padding == "same":
        return mask
    kept, taps = ops.cast(mask, "float32")[:, :, None], np.ones((size, 1, 1), "float32")
    if layer.padding == "causal":
        kept = ops.pad(kept, [[0, 0], [(size - 1) * dilation, 0], [0, 0]])
        taps[:-1] = 0
    # A convolution, so that an unknown length goes through the same arithmetic as in the layer.
    count = ops.conv(kept, taps, strides=stride, padding="valid", dilation_rate=dilation)
    return ops.squeeze(count, axis=-1) > taps.sum() - 0.5


def _repeated(layer: Any, mask: Any) -> Any:
    return ops.repeat(mask, layer.size if hasattr(layer, "size") else layer.strides[0], axis=1)


def _window(layer: Any) -> tuple[int, int, int]:
    """Size, stride and dilation."""
    size = layer.kernel_size if hasattr(layer, "kernel_size") else layer.pool_size
    return _first(size), _first(layer.strides), _first(getattr(layer, "dilation_rate", 1))


def _first(value: Any) -> int:
    return int(value[0] if isinstance(value, tuple | list) else value)


# === refusals ===


def _never(layer: Any) -> None:
    return None


def _unless_channels_last(layer: Any) -> str | None:
    if layer.data_format == "channels_last":
        return None
    return 'data_format="channels_first" has another length axis'


def _unless_aligned(layer: Any) -> str | None:
    if layer.padding == "same" and _window(layer)[1] > 1:
        return 'padding="same" with strides places the windows by the padded length; use "causal" or "valid"'
    return _unless_channels_last(layer)


def _unless_transpose_aligned(layer: Any) -> str | None:
    if layer.padding != "same":
        return 'only padding="same" keeps positions in step'
    return _unless_channels_last(layer)


def _unless_last_axis(layer: Any) -> str | None:
    axes = layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]
    return None if list(axes) in ([-1], [2]) else f"axis={layer.axis} is not the last one"


def _unless_softmax_axis(layer: Any) -> str | None:
    return None if layer.axis in (-1, 1, 2) else f"axis={layer.axis} is neither the length nor the last one"


def _unless_forward(layer: Any) -> str | None:
    if layer.go_backwards and layer.return_sequences:
        return "go_backwards=True returns the sequence in reverse, padding first; use Bidirectional"
    return "return_state=True returns more than a sequence" if layer.return_state else None


def _unless_no_state(layer: Any) -> str | None:
    return "return_state=True returns more than a sequence" if layer.return_state else None


# === the table ===

_TAKES_MASK = Rule(_with_mask, lambda layer, mask: layer.compute_mask(None, mask), _never)
_POSITION_WISE = Rule(_plain, _same, _never)
_LAST_AXIS = Rule(_plain, _same, _unless_last_axis)
_CONVOLUTION = Rule(_plain, _of_windows, _unless_aligned)
_RECURRENT = Rule(_recurrent, _of_sequence, _unless_forward)

_BY_NAME = {
    "Activation": _POSITION_WISE,
    "AlphaDropout": _POSITION_WISE,
    "AveragePooling1D": Rule(_mean_pooling, _of_windows, _unless_aligned),
    "BatchNormalization": Rule(_with_mask, _same, _unless_last_axis),
    "Bidirectional": Rule(_recurrent, _of_sequence, _unless_no_state),
    "Conv1D": _CONVOLUTION,
    "Conv1DTranspose": Rule(_plain, _repeated, _unless_transpose_aligned),
    "Dense": _POSITION_WISE,
    "DepthwiseConv1D": _CONVOLUTION,
    "Dropout": _POSITION_WISE,
    "ELU": _POSITION_WISE,
    "GRU": _RECURRENT,
    "GaussianDropout": _POSITION_WISE,
    "GaussianNoise": _POSITION_WISE,
    "GlobalAveragePooling1D": Rule(_global_mean, _none, _unless_channels_last),
    "GlobalMaxPooling1D": Rule(_global_max, _none, _unless_channels_last),
    "GroupNormalization": Rule(_group_normalization, _same, _unless_last_axis),
    "Identity": _POSITION_WISE,
    "LSTM": _RECURRENT,
    "LayerNormalization": _LAST_AXIS,
    "LeakyReLU": _POSITION_WISE,
    "MaxPooling1D": Rule(_max_pooling, _of_windows, _unless_aligned),
    "PReLU": _POSITION_WISE,
    "RMSNormalization": _LAST_AXIS,
    "RNN": _RECURRENT,
    "ReLU": _POSITION_WISE,
    "Rescaling": _POSITION_WISE,
    "SeparableConv1D": _CONVOLUTION,
    "SimpleRNN": _RECURRENT,
    "Softmax": Rule(_softmax, _same, _unless_softmax_axis),
    "SpatialDropout1D": _POSITION_WISE,
    "UnitNormalization": _LAST_AXIS,
    "UpSampling1D": Rule(_plain, _repeated, _never),
}
_RULES = {getattr(keras.layers, name): rule for name, rule in _BY_NAME.items()}
STOCK = tuple(sorted(_BY_NAME))
