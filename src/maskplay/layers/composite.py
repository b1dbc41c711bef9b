"""Layers within layers (Scientific Spaces 6810): a layer written from other layers, and nothing else."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import keras
from keras import tree

# Arguments of `call` that `build` needs no shape of.
_NOT_TENSORS = ("training", "mask")


class Composite(keras.layers.Layer):
    """Base of a layer made of other layers.

    Create the sub-layers in `__init__` and use them in `call`; that is all there is to write:

    >>> @keras.saving.register_keras_serializable("docs")
    ... class FeedForward(Composite):
    ...     def __init__(self, units, rate=0.1, **kwargs):
    ...         super().__init__(**kwargs)
    ...         self.inner = keras.layers.Dense(units, "relu")
    ...         self.dropout = keras.layers.Dropout(rate)
    ...
    ...     def call(self, x, mask=None):
    ...         return self.dropout(self.inner(x))
    >>> layer = FeedForward(3, name="forward")
    >>> layer.build((None, 7, 5))
    >>> [weight.path for weight in layer.weights]
    ['forward/inner/kernel', 'forward/inner/bias']
    >>> layer.compute_output_shape((2, 7, 5))
    (2, 7, 3)
    >>> FeedForward.from_config(layer.get_config()).get_config() == layer.get_config()
    True

    How it works, in the order in which it happens:

    * **Config**: the arguments of the constructor are noted as they are given, and `get_config` returns them,
      layers and initializers among them serialized by Keras. So `__init__` takes `**kwargs` for `name`,
      `dtype` and `trainable`, and no `*args`.
    * **Precision**: a `dtype` given to the layer is the default of every layer that its `__init__` creates.
    * **Names**: a sub-layer that was given no name is called after the attribute that holds it, so that the
      paths of weights do not depend on what else was made before. A layer that came in as an argument keeps
      its name.
    * **Build**: the first call, or `build` with the shape of each tensor that `call` takes, traces `call` on
      symbolic tensors; every sub-layer that it meets is built. A sub-layer that it does not meet has no
      weights, and Keras is not told of it. Where the type of an input matters, `build` accepts a
      `keras.KerasTensor` in the place of a shape. Shapes and types are saved, so that loading builds the
      same. Weights of your own belong in a plain `keras.layers.Layer`, used here.
    * **Shapes**: `compute_output_shape` and `compute_output_spec` are the same trace.
    * **Mask**: it is an argument of `call`, boolean, True = keep: `mask` for a layer of one tensor,
      `<name>_mask` for each of several. Pass it on to sub-layers explicitly; nothing in `call` should rely on
      what Keras attaches to tensors, for most layers and all operations drop it. The output gets the mask of
      the first input, once, from `compute_mask`; override that where the length changes. An input that
      carries a mask which `call` does not take is an error.

    Composites nest to any depth, may share layers, and work in functional, sequential and subclassed models.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _check_call(cls)
        if "__init__" in vars(cls):
            cls.__init__ = _under_own_policy(cls.__init__)  # type: ignore[method-assign]

    def __new__(cls, *args: Any, **kwargs: Any) -> "Composite":
        layer = super().__new__(cls, *args, **kwargs)
        # Past Keras, which would take the layers among the arguments for sub-layers.
        object.__setattr__(layer, "_arguments", _constructor_arguments(cls, args, kwargs))
        return layer

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            for index, layer in _layers_in(value):
                if _may_be_named(layer) and not _holds(self._arguments, layer):
                    layer.name = name + index
        super().__setattr__(name, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.built:
            self.build(**{f"{name}_shape": spec for name, spec in self._specs(args, kwargs).items()})
        return super().__call__(*args, **kwargs)

    def build(self, *shapes: Any, **named_shapes: Any) -> None:
        """Create every weight.

        Args:
            *shapes: The shape of each tensor that `call` takes, in its order; nested where the tensors are.
                Or a `keras.KerasTensor`, where the type matters.
            **named_shapes: The same by name: `x_shape=` for the argument `x`.
        """
        specs = self._specs_from_shapes(shapes, named_shapes)
        self._build_specs = tree.map_structure(lambda spec: [list(spec.shape), spec.dtype], specs)
        keras.Operation.compute_output_spec(self, **specs)
        for layer in [layer for layer in self._layers if not layer.built and not layer.variables]:
            # While it finds a layer that is not built, Keras runs the whole model without compilation before each
            # `predict_on_batch`, and traces it again before each `train_on_batch`.
            self._layers.remove(layer)

    def get_build_config(self) -> dict[str, Any] | None:
        """The shape and type of each input that the layer was built with."""
        return {"inputs": self._build_specs} if self.built else None

    def build_from_config(self, config: Mapping[str, Any]) -> None:
        """Build as `get_build_config` tells."""
        self.build(**{f"{name}_shape": _read_specs(spec) for name, spec in config["inputs"].items()})

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Shape and type of the output for symbolic inputs."""
        if not self.built:
            self.build(**{f"{name}_shape": spec for name, spec in self._specs(args, kwargs).items()})
        return keras.Operation.compute_output_spec(self, *args, **kwargs)

    def compute_output_shape(self, *shapes: Any, **named_shapes: Any) -> Any:
        """Shape of the output; arguments as for `build`."""
        outputs = self.compute_output_spec(**self._specs_from_shapes(shapes, named_shapes))
        return tree.map_structure(lambda spec: tuple(spec.shape), outputs)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the output: that of the first input."""
        parameters = inspect.signature(self.call).parameters
        first = next(iter(parameters))
        carried = any(mask is not None for mask in tree.flatten(previous_mask))
        if carried and "mask" not in parameters and f"{first}_mask" not in parameters:
            raise ValueError(
                f"The input of {type(self).__name__} carries a mask, which its call() does not take. "
                f"Received: call{inspect.signature(self.call)}. Take `mask=None` there and honour it, or "
                "drop the mask before."
            )
        return previous_mask

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {k: _serialize(v) for k, v in self._arguments.items()} | super().get_config()

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Composite":
        """The reverse of `get_config`."""
        return cls(**{k: keras.saving.deserialize_keras_object(v) for k, v in config.items()})

    def _specs(self, args: tuple, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Symbolic stand-ins for the tensors among the arguments of `call`, by name."""
        signature = inspect.signature(self.call)
        known = {k: v for k, v in kwargs.items() if k in signature.parameters}
        bound = signature.bind_partial(*args, **known).arguments
        return {
            name: tree.map_structure(self._spec, value)
            for name, value in bound.items()
            if all(hasattr(leaf, "shape") for leaf in tree.flatten(value)) and tree.flatten(value)
        }

    def _specs_from_shapes(self, shapes: tuple, named_shapes: Mapping[str, Any]) -> dict[str, Any]:
        names = [n for n in inspect.signature(self.call).parameters if n not in _NOT_TENSORS]
        given = dict(zip(names, shapes, strict=False))
        given |= {name.removesuffix("_shape"): shape for name, shape in named_shapes.items()}
        if not given or len(shapes) > len(names):
            raise ValueError(
                f"{type(self).__name__} needs the shape of each tensor that its call() takes, of {names}. "
                f"Received: {shapes}, {dict(named_shapes)}"
            )
        return {name: _map_shapes(self._spec, shape) for name, shape in given.items()}

    def _spec(self, x: Any) -> keras.KerasTensor:
        """Of a shape, an array or a tensor."""
        if not hasattr(x, "shape"):
            return keras.KerasTensor(x, self.input_dtype)
        dtype = keras.backend.standardize_dtype(x.dtype)
        if self.autocast and "float" in dtype:
            dtype = self.input_dtype
        return keras.KerasTensor(tuple(x.shape), dtype)


def _check_call(cls: type) -> None:
    parameters = inspect.signature(cls.call).parameters.values()  # type: ignore[attr-defined]
    required = [p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD][1:]
    if len(required) > 1 and any(p.name == "mask" for p in parameters):
        raise TypeError(
            f"call() of {cls.__name__} takes several tensors, {required}, so that `mask` does not tell whose "
            f"it is: Keras would not fill it. Name it after its tensor: `{required[0]}_mask`."
        )


def _constructor_arguments(cls: type, args: tuple, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    signature = inspect.signature(cls.__init__)  # type: ignore[misc]
    kinds = {p.kind: name for name, p in signature.parameters.items()}
    if inspect.Parameter.VAR_POSITIONAL in kinds or inspect.Parameter.VAR_KEYWORD not in kinds:
        raise TypeError(
            f"__init__ of {cls.__name__} must take `**kwargs` (for name, dtype, trainable) and no `*args`, so "
            f"that the layer can be made again from its arguments. Received: __init__{signature}"
        )
    bound = signature.bind(None, *args, **kwargs)
    bound.apply_defaults()
    arguments = dict(list(bound.arguments.items())[1:])
    return arguments | arguments.pop(kinds[inspect.Parameter.VAR_KEYWORD])


def _under_own_policy(init: Callable) -> Callable:
    """`init`, during which the default precision is the one that the layer itself was given."""

    @functools.wraps(init)
    def wrapped(self: Composite, *args: Any, **kwargs: Any) -> None:
        before = keras.config.dtype_policy()
        if self._arguments.get("dtype") is not None:
            keras.config.set_dtype_policy(keras.dtype_policies.get(self._arguments["dtype"]))
        try:
            init(self, *args, **kwargs)
        finally:
            keras.config.set_dtype_policy(before)

    # Keras reads the signature with a function that does not look through wrappers.
    wrapped.__signature__ = inspect.signature(init)  # type: ignore[attr-defined]
    return wrapped


def _serialize(value: Any) -> Any:
    config = keras.saving.serialize_keras_object(value)
    if any(isinstance(leaf, keras.layers.Layer) for leaf in tree.flatten(value)):
        # While it saves a model, Keras marks what it meets again, here the same layer, as shared. The mark of the
        # first config is lost when Keras copies ours; the second is born with it.
        config = keras.saving.serialize_keras_object(value)
    return config


def _layers_in(value: Any) -> list[tuple[str, keras.layers.Layer]]:
    """The layers in a layer, or in a list or dict of layers, each with what tells it from the others."""
    if isinstance(value, keras.layers.Layer):
        return [("", value)]
    if isinstance(value, list | tuple):
        return [(f"_{i}", v) for i, v in enumerate(value) if isinstance(v, keras.layers.Layer)]
    if isinstance(value, dict):
        return [(f"_{k}", v) for k, v in value.items() if isinstance(v, keras.layers.Layer)]
    return []


def _may_be_named(layer: keras.layers.Layer) -> bool:
    """Whether the name is the one that Keras made up: the class in snake case, and a number."""
    words = layer.name.split("_")
    base = words[:-1] if words[-1].isdigit() else words
    return not layer.built and "".join(base) == type(layer).__name__.lower()


def _holds(arguments: Mapping[str, Any], layer: keras.layers.Layer) -> bool:
    return any(leaf is layer for leaf in tree.flatten(list(arguments.values())))


def _map_shapes(function: Callable, shapes: Any) -> Any:
    if any(hasattr(leaf, "shape") for leaf in tree.flatten(shapes)):
        return tree.map_structure(function, shapes)
    return tree.map_shape_structure(function, shapes)


def _read_specs(saved: Any) -> Any:
    """What `get_build_config` wrote: `[shape, type]`, nested as the inputs are."""
    if isinstance(saved, dict):
        return {k: _read_specs(v) for k, v in saved.items()}
    if len(saved) == 2 and isinstance(saved[1], str):
        return keras.KerasTensor(tuple(saved[0]), saved[1])
    return [_read_specs(v) for v in saved]
