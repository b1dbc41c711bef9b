"""What the checks of `check_layer` share: a layer, example inputs, and how to call the one on the others."""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops, tree

Arrays = tuple[np.ndarray, ...]


class LayerCheckError(AssertionError):
    """A layer does not do what `check_layer` asks."""


@dataclass(frozen=True)
class Output:
    """One output of a layer as arrays: its values, and the mask it carries or None."""

    values: np.ndarray
    mask: np.ndarray | None
    dtype: str


@dataclass(frozen=True)
class LayerCase:
    """A layer, example inputs `(batch, length, ...)`, and the mask `(batch, length)` of the first or None."""

    layer: keras.layers.Layer
    inputs: Arrays
    mask: np.ndarray | None

    def __post_init__(self) -> None:
        if not self.inputs or any(
            x.ndim == 0 or len(x) != len(self.inputs[0]) or len(x) < 2 for x in self.inputs
        ):
            raise ValueError(
                "check_layer needs inputs that share a batch of 2 at least. Received shapes: "
                f"{[x.shape for x in self.inputs]}"
            )

    @property
    def mask_name(self) -> str | None:
        """The argument of `call` that takes the mask of the first input."""
        names = list(self.layer.call_signature_parameters)
        return next((name for name in ("mask", f"{names[0]}_mask") if name in names), None)

    def copy(self, dtype: str | None = None) -> keras.layers.Layer:
        """A new layer from the config, with another precision throughout if one is given."""
        config = self.layer.get_config()
        return type(self.layer).from_config(_with_dtype(config, dtype) if dtype else config)

    def twin(self, of: keras.layers.Layer, dtype: str | None = None) -> keras.layers.Layer:
        """A copy with the weights of another layer that was built."""
        layer = self.copy(dtype)
        self.run(layer)
        layer.set_weights(weights_of(of))
        return layer

    def run(
        self, layer: keras.layers.Layer, inputs: Arrays | None = None, mask: np.ndarray | None = None
    ) -> list[Output]:
        """The outputs for the given inputs and mask; for those of the case if none are given."""
        if inputs is None:
            inputs, mask = self.inputs, self.mask
        tensors = [ops.convert_to_tensor(x) for x in inputs]
        outputs = layer(*tensors, **self.mask_arguments(layer, tensors, mask))
        return [_output(y) for y in tree.flatten(outputs)]

    def mask_arguments(self, layer: keras.layers.Layer, tensors: list, mask: Any) -> dict[str, Any]:
        """What to pass to `call` for the mask; if it takes none, floats get it attached, and ids tell it."""
        if mask is None:
            return {}
        if not isinstance(mask, keras.KerasTensor):
            mask = ops.convert_to_tensor(mask)
        if self.mask_name:
            return {self.mask_name: mask}
        if layer.supports_masking and "float" in str(self.inputs[0].dtype):
            tensors[0]._keras_mask = mask
        return {}

    def build(self, layer: keras.layers.Layer) -> None:
        """By shapes alone."""
        names = list(layer.call_signature_parameters)
        shapes = {f"{n}_shape": x.shape for n, x in zip(names, self.inputs, strict=False)}
        if len(shapes) == 1 or not _takes_all(layer.build, shapes):
            layer.build(self.inputs[0].shape)
        else:
            layer.build(**shapes)

    def model(self, layer: keras.layers.Layer) -> tuple[keras.Model, list[np.ndarray]]:
        """A functional model of nothing but the layer, and its inputs."""
        symbols = [keras.Input(x.shape[1:], dtype=str(x.dtype)) for x in self.inputs]
        arrays, arguments = list(self.inputs), {}
        if self.mask is not None and self.mask_name:
            mask = keras.Input(self.mask.shape[1:], dtype="bool")
            arguments = {self.mask_name: mask}
            return keras.Model([*symbols, mask], layer(*symbols, **arguments)), [*arrays, self.mask]
        return keras.Model(symbols, layer(*symbols)), arrays


def example(x: Any) -> np.ndarray:
    """An array of a type that every backend takes as it is."""
    x = np.asarray(x)
    return x.astype({"f": "float32", "i": "int32", "u": "int32"}.get(x.dtype.kind, x.dtype))


def weights_of(layer: keras.layers.Layer) -> list[np.ndarray]:
    """Copies of the values of the weights."""
    return [np.array(ops.convert_to_numpy(w.value)) for w in layer.weights]


def require(condition: bool, message: str) -> None:
    """Fail the check with this message unless the condition holds."""
    if not condition:
        raise LayerCheckError(message)


def require_close(found: np.ndarray, expected: np.ndarray, what: str, tolerance: float = 1e-4) -> None:
    """Fail unless both are finite where expected and as close as `tolerance` times the largest expected value."""
    require(found.shape == expected.shape, f"{what}: shape {found.shape} instead of {expected.shape}.")
    if found.size == 0:
        return
    scale = max(1.0, float(np.abs(np.where(np.isfinite(expected), expected, 0)).max()))
    same = np.isclose(found, expected, rtol=0, atol=tolerance * scale, equal_nan=False)
    if not same.all():
        worst = tuple(int(i) for i in np.argwhere(~same)[0])
        require(False, f"{what}: {found[worst]} instead of {expected[worst]} at {worst}.")


def plain_settings(layer: keras.layers.Layer) -> dict[str, Any]:
    """The public attributes that are numbers, strings, or such."""
    plain = (bool, int, float, str, type(None))
    return {
        name: value
        for name, value in vars(layer).items()
        if not name.startswith("_")
        and name not in ("built", "name")
        and all(isinstance(leaf, plain) for leaf in tree.flatten(value))
    }


def as_json(config: Mapping[str, Any]) -> str:
    """A config as it is written to a file."""
    return json.dumps(keras.saving.serialize_keras_object(dict(config)), sort_keys=True)


def _output(tensor: Any) -> Output:
    mask = getattr(tensor, "_keras_mask", None)
    dtype = keras.backend.standardize_dtype(tensor.dtype)
    values = ops.convert_to_numpy(ops.cast(tensor, "float32") if "float" in dtype else tensor)
    return Output(values, None if mask is None else ops.convert_to_numpy(mask), dtype)


def _takes_all(function: Callable, names: Mapping[str, Any]) -> bool:
    parameters = inspect.signature(function).parameters
    return all(n in parameters for n in names) or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _with_dtype(config: Any, policy: str) -> Any:
    """The config with every precision in it replaced, those of layers among the arguments included."""
    if isinstance(config, dict):
        return {k: policy if k == "dtype" else _with_dtype(v, policy) for k, v in config.items()}
    if isinstance(config, list | tuple):
        return type(config)(_with_dtype(v, policy) for v in config)
    return config
