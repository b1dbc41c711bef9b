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
            outputs keeps, and what layers add (`add_loss`, regularizers) is added. None takes `model.compute_loss`.
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
            _check_targets(targets, outputs)
            found = ops.cast(self._loss(targets, outputs), "float32")
            for one in model.losses:
                found = found + ops.sum(ops.cast(one, found.dtype))
            return found

    def state_after(self, weights: Sequence[Any], state: Sequence[Any], inputs: Any) -> list[Any]:
        """What a call makes of the variables that are not trained."""
        with self._scope(weights, state) as scope:
            called(self._model, inputs, self._training)
            return [scope.get_current_value(v) for v in self._model.non_trainable_variables]

    def _scope(self, weights: Sequence[Any], state: Sequence[Any], losses: bool = False) -> Any:
        variables = [*self._model.trainable_variables, *self._model.non_trainable_variables]
        mapping = list(zip(variables, [*weights, *state], strict=True))
        return keras.StatelessScope(state_mapping=mapping, collect_losses=losses)


class _Mean(keras.losses.Loss):
    """The mean of a function of targets and outputs, over what a mask of the outputs keeps, as Keras takes it."""

    def __init__(self, function: Callable[[Any, Any], Any]) -> None:
        super().__init__(name="loss")
        self._function = function

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self._function(y_true, y_pred)


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
