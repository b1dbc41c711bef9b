"""The loss of a model as a function of one vector: all of its trainable weights."""

from copy import copy
from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.analysis.smoothness._types import Product, Vector
from maskplay.analysis.smoothness.surface._batches import batches_of
from maskplay.analysis.smoothness.surface._call import Loss, ModelLoss, built
from maskplay.analysis.smoothness.surface._derivatives import derivatives_of
from maskplay.analysis.smoothness.surface._statistics import Statistics, no_memory
from maskplay.analysis.smoothness.surface.mode import Mode, checked_mode


class LossSurface:
    """The loss of a model on given data over the space of its weights, with gradient and curvature.

    Nothing of the model is changed, ever: not its weights, nor moving averages, nor seeds. Functions are compiled once
    for a surface (on JAX), however many points are asked for.

    Args:
        model: any Keras model: functional, sequential, subclassed.
        loss: a name that Keras knows, or a function of targets and outputs, whose mean is taken; what layers add
            (regularizers, `add_loss`) is added. By name it is taken for each output, and summed. None takes what the
            model was compiled with.
        data: (inputs, targets): arrays in the nests of the model's inputs and outputs.
        mode: how batch normalization behaves: see `Mode`.
        batch_size: the loss is the mean over batches of so many samples; those left over at the end are not used. None
            takes all data for one batch.

    Attributes:
        model: the one given.
        size: of the vector.
        origin: the weights that the model had when the surface was made, or last followed, `(size,)`.
        layers: the places of each layer's weights in the vector, by the layer's path.
        evaluations: how many evaluations of the gradient on all data have been paid for so far: a gradient counts one,
            a product with the Hessian two, its linearization one, a loss alone a third.

    Raises:
        TypeError: that is no Keras model, or no loss.
        ValueError: the model has no trainable weights, the data do not fit, the mode is none, or there is no loss.

    >>> x = np.random.default_rng(0).standard_normal((50, 3)).astype("float32")
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, use_bias=False)])
    >>> surface = LossSurface(model, "mse", (x, x[:, :1]))
    >>> product = surface.curvature()
    >>> hessian = np.stack([product(v) for v in np.eye(3)])
    >>> bool(np.allclose(hessian, 2 * x.T @ x / 50, atol=1e-5)), surface.evaluations
    (True, 7.0)
    """

    def __init__(
        self,
        model: keras.Model,
        loss: Loss,
        data: tuple[Any, Any],
        *,
        mode: Mode = "train",
        batch_size: int | None = None,
    ) -> None:
        self.mode = checked_mode(mode)
        self.model, self._given = model, loss
        self._batches = batches_of(model, data, batch_size)
        built(model, self._batches[0][0])
        self._variables = model.trainable_variables
        if not self._variables:
            raise ValueError("The model must have trainable weights. Received: a model with none")
        self._shapes = [tuple(v.shape) for v in self._variables]
        self._ends = np.cumsum([int(np.prod(shape)) for shape in self._shapes])
        self.size = int(self._ends[-1])
        self.layers = self._places()
        self.evaluations = 0.0
        self._in_training = ModelLoss(model, loss, training=True)
        self._statistics = Statistics(model)
        self._differentiate()
        self.follow()

    @property
    def normalizations(self) -> int:
        """How many layers of batch normalization the model has."""
        return len(self._statistics)

    def in_mode(self, mode: Mode) -> "LossSurface":
        """The same weights and data, with batch normalization in another mode. Shares what is compiled."""
        other = copy(self)
        other.mode, other.evaluations = checked_mode(mode), 0.0
        if (mode == "train") != (self.mode == "train"):
            other._differentiate()
        other.follow()
        return other

    def _differentiate(self) -> None:
        of_model = ModelLoss(self.model, self._given, training=self.mode == "train")

        def loss(theta: Any, state: Any, inputs: Any, targets: Any) -> Any:
            found = ops.cast(of_model(self._weights(theta), state, inputs, targets), "float32")
            if tuple(found.shape) != ():
                raise ValueError(
                    f"The loss must be a single number. Received: one of shape {tuple(found.shape)}"
                )
            return found

        self._derivatives = derivatives_of(loss)

    def follow(self) -> None:
        """Take the model's present weights and averages for the origin."""
        values = [ops.convert_to_numpy(v).astype("float32").ravel() for v in self._variables]
        self.origin: Vector = np.concatenate(values)
        state = [ops.copy(ops.convert_to_tensor(v)) for v in self.model.non_trainable_variables]
        self._states = self._states_of_mode(state)

    def loss(self, at: Vector | None = None) -> float:
        """The loss at a point `(size,)`; None is the origin. It may be NaN or infinite."""
        theta = self._tensor(at)
        self.evaluations += 1 / 3
        return self._mean([float(self._derivatives.value(theta, *one)) for one in self._arguments()])

    def gradient(self, at: Vector | None = None) -> tuple[float, Vector]:
        """The loss and its gradient `(size,)`."""
        theta = self._tensor(at)
        self.evaluations += 1
        found = [self._derivatives.gradient(theta, *one) for one in self._arguments()]
        return self._mean([float(x) for x, _ in found]), self._mean([_array(g) for _, g in found])

    def curvature(self, at: Vector | None = None) -> Product:
        """The Hessian there, as a function that multiplies it with a vector `(size,)`.

        With one batch the linearization is kept; with several it is made anew for each product, to save memory.
        """
        theta, batches = self._tensor(at), self._arguments()
        derivatives = self._derivatives
        kept = None
        if len(batches) == 1:
            kept = derivatives.curvature(theta, *batches[0])
            self.evaluations += 1

        def product(v: Vector) -> Vector:
            direction = self._tensor(v)
            self.evaluations += derivatives.products_cost + (kept is None)
            if kept is not None:
                return _array(kept(direction))
            return self._mean([_array(derivatives.curvature(theta, *one)(direction)) for one in batches])

        return product

    def block(self, layer: str, product: Product) -> Product:
        """The part of a Hessian that belongs to the weights of one layer, as a product with vectors of its size."""
        places = self.layers[layer]

        def part(v: Vector) -> Vector:
            whole = np.zeros(self.size, np.float32)
            whole[places] = v
            return product(whole)[places]

        return part

    def _places(self) -> dict[str, Vector]:
        found: dict[str, list[Vector]] = {}
        for variable, end, shape in zip(self._variables, self._ends, self._shapes, strict=True):
            layer = variable.path.rsplit("/", 1)[0]
            found.setdefault(layer, []).append(np.arange(end - int(np.prod(shape)), end))
        return {layer: np.concatenate(places) for layer, places in found.items()}

    def _tensor(self, vector: Vector | None) -> Any:
        return ops.convert_to_tensor(self.origin if vector is None else vector.astype("float32", copy=False))

    def _weights(self, theta: Any) -> list[Any]:
        # Split, not sliced: the gradient of a slice is as long as the vector, and there would be one for each weight.
        parts = ops.split(theta, [int(end) for end in self._ends])[:-1]  # none is behind the last
        return [
            ops.cast(ops.reshape(part, shape), variable.dtype)
            for part, shape, variable in zip(parts, self._shapes, self._variables, strict=True)
        ]

    def _arguments(self) -> list[tuple[Any, Any, Any]]:
        return [(state, x, y) for state, (x, y) in zip(self._states, self._batches, strict=True)]

    def _states_of_mode(self, state: list[Any]) -> list[list[Any]]:
        """The variables that are not trained, for each batch."""
        count = len(self._batches)
        if not self._statistics or self.mode in ("train", "eval"):
            return [state] * count
        if self.mode == "off":
            return [self._statistics.off(state)] * count
        weights = [ops.convert_to_tensor(v) for v in self._variables]
        with no_memory(self.model):
            after = [self._in_training.state_after(weights, state, x) for x, _ in self._batches]
        own = [self._statistics.only(state, one) for one in after]
        return own if self.mode == "frozen" else [self._statistics.pooled(own)] * count

    def _mean(self, values: list[Any]) -> Any:
        return values[0] if len(values) == 1 else sum(values[1:], values[0]) / len(values)


def _array(tensor: Any) -> Vector:
    return np.asarray(ops.convert_to_numpy(tensor))
