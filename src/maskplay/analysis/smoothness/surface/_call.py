"""One call of a model that leaves no trace in it, and its loss."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

Loss = str | Callable[[Any, Any], Any] | None


class ModelLoss:
    """The loss of a model as a function of values for all of its variables.

    Args:
        model: any Keras model, built.
        loss: a name that Keras knows, or a function of targets and outputs; its mean is taken, over what a mask of the
            outputs keeps, and what layers add (`add_loss`, regularizers) is added. A name, or a loss of
            Keras's own, is of one output; of several their sum is taken. None takes `model.compute_loss`.
        training: whether layers behave as in training.
    """

    def __init__(self, model: keras.Model, loss: Loss, training: bool) -> None:
        if loss is None and not model.compiled:
            raise ValueError(
                "loss must be given (a name that Keras knows, or a function of targets and outputs) unless the model "
                "is compiled. Received: None"
            )
        if not isinstance(loss, str | None) and not callable(loss):
            raise TypeError(f"loss must be a name or a function. Received: {type(loss).__name__}")
        self._model, self._training = model, training
        function = keras.losses.get(loss) if isinstance(loss, str) else loss
        self._of_one = isinstance(loss, str) or _is_keras(function)
        self._loss = (
            function if function is None or isinstance(function, keras.losses.Loss) else _Mean(function)
        )

    def __call__(self, weights: Sequence[Any], state: Sequence[Any], inputs: Any, targets: Any) -> Any:
        """The loss, a scalar."""
        model = self._model
        with self._scope(weights, state, losses=True):
            outputs = called(model, inputs, self._training)
            if self._loss is None:
                return model.compute_loss(inputs, targets, outputs, training=self._training)
            found = self._of_outputs(targets, outputs)
            for one in model.losses:
                found = found + ops.sum(ops.cast(one, found.dtype))
            return found

    def _of_outputs(self, targets: Any, outputs: Any) -> Any:
        # Keras's losses would stack several outputs, and stretch one array of targets to them all.
        pairs = _pairs(targets, outputs) if self._of_one else [(targets, outputs)]
        total = 0.0
        for target, output in pairs:
            _check_targets(target, output)
            total = total + ops.cast(self._loss(target, output), "float32")  # type: ignore[misc]
        return total

    def state_after(self, weights: Sequence[Any], state: Sequence[Any], inputs: Any) -> list[Any]:
        """What a call makes of the variables that are not trained."""
        with self._scope(weights, state) as scope:
            called(self._model, inputs, self._training)
            return [scope.get_current_value(v) for v in self._model.non_trainable_variables]

    def _scope(self, weights: Sequence[Any], state: Sequence[Any], losses: bool = False) -> Any:
        variables = [*self._model.trainable_variables, *self._model.non_trainable_variables]
        mapping = list(zip(variables, [*weights, *state], strict=True))
        return keras.StatelessScope(state_mapping=mapping, collect_losses=losses)


def _is_keras(loss: Any) -> bool:
    return isinstance(loss, keras.losses.Loss) and type(loss).__module__.split(".")[0] == "keras"


class _Mean(keras.losses.Loss):
    """The mean of a function of targets and outputs, over what a mask of the outputs keeps, as Keras takes it."""

    def __init__(self, function: Callable[[Any, Any], Any]) -> None:
        super().__init__(name="loss")
        self._function = function

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self._function(y_true, y_pred)


def _pairs(targets: Any, outputs: Any) -> list[tuple[Any, Any]]:
    """Each output with its targets.

    Raises:
        ValueError: their nests differ.
    """
    wanted, given = (keras.tree.flatten_with_path(one) for one in (outputs, targets))
    places, received = ([path for path, _ in one] for one in (wanted, given))
    # One array in a list of its own is as good as the array.
    if places != received and not len(places) == len(received) == 1:
        raise ValueError(
            f"Targets must come in the nest of the outputs, {_told(places)}. Received: {_told(received)}; give an "
            "array for each output, or a loss that is a function of both nests"
        )
    return [(target, output) for (_, target), (_, output) in zip(given, wanted, strict=True)]


def _told(places: list[Any]) -> str:
    if places == [()]:
        return "a single array"
    return "arrays at " + ", ".join("/".join(map(str, path)) for path in places)


def _check_targets(targets: Any, outputs: Any) -> None:
    """Refuse what a loss would silently stretch: one output beside several targets.

    Raises:
        ValueError: there are such.
    """
    if not (ops.is_tensor(targets) and ops.is_tensor(outputs)) or len(targets.shape) != len(outputs.shape):
        return
    if any(a is not None and b == 1 < a for a, b in zip(targets.shape[1:], outputs.shape[1:], strict=True)):
        raise ValueError(
            f"Targets must fit the outputs, {tuple(outputs.shape)}. Received: targets of {tuple(targets.shape)}"
        )


def built(model: Any, inputs: Any) -> None:
    """Call a model that has never been built, so that it has its variables."""
    if not all(layer.built for layer in model._flatten_layers()):
        called(model, inputs, training=False)


def called(model: Any, inputs: Any, training: bool) -> Any:
    """Call a model, as in training where it can tell."""
    if "training" in model.call_signature_parameters:
        return model(inputs, training=training)
    return model(inputs)
