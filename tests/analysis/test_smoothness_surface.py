"""Losses, gradients and curvatures of models against the same networks written out by hand."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.analysis.smoothness import MODES, LossSurface, extreme_eigenvalues

RNG = np.random.default_rng(0)
X = (3 * RNG.standard_normal((34, 5)) + 2).astype("float32")
Y = RNG.standard_normal((34, 2)).astype("float32")
EPSILON = 1e-3

on_jax = pytest.mark.skipif(keras.backend.backend() != "jax", reason="the oracle is JAX")


@pytest.fixture(scope="module")
def model() -> keras.Model:
    """A network with batch normalization whose averages are neither fresh nor those of the data."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(7, name="first"),
            layers.BatchNormalization(epsilon=EPSILON, name="norm"),
            layers.Activation("tanh"),
            layers.Dense(2, name="last"),
        ]
    )
    norm = model.get_layer("norm")
    norm.gamma.assign(np.linspace(0.5, 1.5, 7))
    norm.moving_mean.assign(np.linspace(-1, 1, 7))
    norm.moving_variance.assign(np.linspace(2, 9, 7))
    return model


def by_hand(model: keras.Model, mode: str, x: np.ndarray, y: np.ndarray) -> Any:
    """The loss as a function of the vector of weights, in JAX, without Keras."""
    import jax.numpy as jnp

    at = [jnp.asarray(v) for v in model.trainable_variables]
    moving = [jnp.asarray(v) for v in model.non_trainable_variables][:2]
    hidden = x @ at[0] + at[1]
    fixed = {
        "frozen": (hidden.mean(0), hidden.var(0)),
        "recalibrated": (hidden.mean(0), hidden.var(0)),
        "eval": tuple(moving),
        "off": (0.0, 1.0 - EPSILON),
    }

    def loss(theta: Any) -> Any:
        parts, start = [], 0
        for one in at:
            parts.append(theta[start : start + one.size].reshape(one.shape))
            start += one.size
        w, b, gamma, beta, v, c = parts
        z = x @ w + b
        mean, variance = (z.mean(0), z.var(0)) if mode == "train" else fixed[mode]
        z = jnp.tanh(gamma * (z - mean) / jnp.sqrt(variance + EPSILON) + beta)
        return jnp.mean((z @ v + c - y) ** 2)

    return loss


@on_jax
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_that_of_the_network_by_hand(
    model: keras.Model, mode: Any, surface: LossSurface
) -> None:
    import jax

    found = surface.in_mode(mode)
    true = by_hand(model, mode, X, Y)
    loss, gradient = found.gradient()
    assert loss == pytest.approx(float(true(found.origin)), rel=1e-5)
    assert found.loss() == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(gradient, jax.jit(jax.grad(true))(found.origin), atol=1e-5)
    hessian = np.asarray(jax.jit(jax.hessian(true))(found.origin))
    product = found.curvature()
    v = np.random.default_rng(1).standard_normal(found.size).astype("float32")
    np.testing.assert_allclose(product(v), hessian @ v, atol=2e-4 * np.abs(hessian).max())
    eigenvalues = np.linalg.eigvalsh(hessian)
    ends = extreme_eigenvalues(product, found.size)
    assert ends.modulus.value == pytest.approx(np.abs(eigenvalues).max(), rel=0.01)
    assert ends.largest.low <= eigenvalues[-1] * (1 + 1e-5)
    assert ends.ceiling >= eigenvalues[-1] * (1 - 1e-5)
    places = found.layers["last"] if "last" in found.layers else found.layers[next(reversed(found.layers))]
    block = extreme_eigenvalues(found.block(next(reversed(found.layers)), product), len(places))
    own = np.linalg.eigvalsh(hessian[np.ix_(places, places)])
    assert block.modulus.value == pytest.approx(np.abs(own).max(), rel=0.01)


@pytest.fixture(scope="module")
def surface(model: keras.Model) -> LossSurface:
    return LossSurface(model, "mse", (X, Y))


def test_nothing_of_the_model_is_changed(model: keras.Model, surface: LossSurface) -> None:
    before = [ops.convert_to_numpy(v).copy() for v in model.variables]
    for mode in MODES:
        surface.in_mode(mode).gradient()
    for was, now in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(was, ops.convert_to_numpy(now))
    assert model.get_layer("norm").momentum == 0.99


def test_evaluations_are_counted(surface: LossSurface) -> None:
    counted = surface.in_mode("train")
    counted.gradient()
    product = counted.curvature()
    product(np.ones(counted.size, np.float32))
    product(np.ones(counted.size, np.float32))
    assert counted.evaluations == 6


def test_several_batches_are_their_mean(model: keras.Model, surface: LossSurface) -> None:
    halves = LossSurface(model, "mse", (X, Y), batch_size=17)
    parts = [LossSurface(model, "mse", (X[:17], Y[:17])), LossSurface(model, "mse", (X[17:], Y[17:]))]
    v = np.ones(halves.size, np.float32)
    assert halves.loss() == pytest.approx(np.mean([one.loss() for one in parts]), rel=1e-6)
    np.testing.assert_allclose(
        halves.curvature()(v), np.mean([one.curvature()(v) for one in parts], axis=0), atol=1e-4
    )
    # One set of averages for all batches is that of the data as a whole: the norm's input does not depend on batches.
    assert halves.in_mode("recalibrated").loss() == pytest.approx(surface.in_mode("frozen").loss(), rel=1e-5)
    assert halves.in_mode("frozen").loss() == pytest.approx(halves.loss(), rel=1e-5)
    assert abs(halves.loss() / surface.loss() - 1) > 1e-3


def test_linear_regression_with_a_penalty_has_the_textbook_hessian() -> None:
    dense = layers.Dense(1, use_bias=False, kernel_regularizer=keras.regularizers.L2(0.3))
    model = keras.Sequential([keras.Input((5,)), dense])
    surface = LossSurface(model, lambda targets, outputs: (targets - outputs) ** 2, (X, Y[:, :1]))
    product = surface.curvature()
    hessian = np.stack([product(v) for v in np.eye(5, dtype="float32")])
    np.testing.assert_allclose(hessian, 2 * X.T @ X / 34 + 0.6 * np.eye(5), rtol=1e-4)


class Unusual(keras.Model):
    """Subclassed, two inputs in a dictionary, a `call` that knows no training, not built, with dropout inside."""

    def __init__(self) -> None:
        super().__init__()
        self.dense, self.drop = layers.Dense(3), layers.Dropout(0.5, seed=1)

    def call(self, inputs: Any) -> Any:
        return self.drop(self.dense(inputs["a"]), training=True) + inputs["b"]


def test_subclassed_models_and_dropout_are_one_function_and_compiled_losses_are_taken() -> None:
    model = Unusual()
    model.compile("sgd", "mse")
    data = ({"a": X, "b": X[:, :3]}, X[:, 1:4])
    surface = LossSurface(model, None, data)
    first, second = surface.gradient(), surface.gradient()
    assert first[0] == second[0]
    np.testing.assert_array_equal(first[1], second[1])
    assert surface.size == 18
    weights = surface.origin.copy()
    model.dense.kernel.assign(model.dense.kernel * 2.0)
    np.testing.assert_array_equal(surface.origin, weights)
    surface.follow()
    np.testing.assert_allclose(surface.origin[:15], weights[:15] * 2)


def test_a_mask_of_the_outputs_is_honoured() -> None:
    ids = np.array([[3, 4, 0, 0], [5, 0, 0, 0], [1, 2, 3, 4]])
    inputs = keras.Input((4,), dtype="int32")
    outputs = layers.Dense(1)(layers.Embedding(6, 2, mask_zero=True)(inputs))
    model = keras.Model(inputs, outputs)
    targets = np.arange(12.0).reshape(3, 4, 1)
    found = LossSurface(model, "mse", (ids, targets)).loss()
    per_token = ((ops.convert_to_numpy(model(ids)) - targets) ** 2)[..., 0]
    assert found == pytest.approx(per_token[ids > 0].mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        (("no", "mse", (X, Y)), TypeError, "A Keras model is needed. Received: str"),
        ((None, "mse", X), TypeError, r"data must be a pair \(inputs, targets\). Received: ndarray"),
        (
            (None, "mse", (X, Y[:3])),
            ValueError,
            r"same number of samples, 1 or more. Received: \(34, 5\), \(3, 2\)",
        ),
        ((None, "mse", (X[:, :4], Y)), ValueError, r"must have the shape \(None, 5\). Received: \(34, 4\)"),
        ((None, "mse", (X.astype(str), Y)), ValueError, "must be numbers. Received: an array of <U"),
        ((None, "mse", ([X, X], Y)), ValueError, "an array for each of the model's 1. Received: 2"),
        ((None, None, (X, Y)), ValueError, "loss must be given"),
        ((None, 3, (X, Y)), TypeError, "loss must be a name or a function. Received: int"),
    ],
)
def test_faults_are_told(model: keras.Model, arguments: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        LossSurface(arguments[0] or model, *arguments[1:])


def test_faults_of_options_are_told(model: keras.Model) -> None:
    with pytest.raises(
        ValueError, match=r"mode must be one of train, frozen, eval, recalibrated, off. Received: 'test'"
    ):
        LossSurface(model, "mse", (X, Y), mode="test")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"batch_size must be from 1 to the 34 samples. Received: 35"):
        LossSurface(model, "mse", (X, Y), batch_size=35)
    with pytest.raises(ValueError, match="The model must have trainable weights"):
        LossSurface(keras.Sequential([keras.Input((5,)), layers.ReLU()]), "mse", (X, X))


def test_one_output_is_not_stretched_to_several_targets() -> None:
    surface = LossSurface(keras.Sequential([keras.Input((5,)), layers.Dense(1)]), "mse", (X, X))
    with pytest.raises(
        ValueError, match=r"Targets must fit the outputs, \(34, 1\). Received: targets of \(34, 5\)"
    ):
        surface.loss()


def two_outputs() -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((5,))
    return keras.Model(inputs, {"a": layers.Dense(2)(inputs), "b": layers.Dense(2)(inputs)})


def test_a_named_loss_of_several_outputs_is_the_sum_of_theirs() -> None:
    model = two_outputs()
    targets = {"a": Y, "b": 2 * Y}
    outputs = {name: ops.convert_to_numpy(one) for name, one in model(X).items()}
    true = sum(float(np.mean((outputs[name] - targets[name]) ** 2)) for name in "ab")
    assert LossSurface(model, "mse", (X, targets)).loss() == pytest.approx(true, rel=1e-5)
    built_in = keras.losses.MeanSquaredError()
    assert LossSurface(model, built_in, (X, targets)).loss() == pytest.approx(true, rel=1e-5)

    def of_both(wanted: Any, found: Any) -> Any:
        return ops.mean((wanted - found["a"]) ** 2)

    one = float(np.mean((outputs["a"] - Y) ** 2))
    assert LossSurface(model, of_both, (X, Y)).loss() == pytest.approx(one, rel=1e-5)


def test_targets_in_another_nest_than_the_outputs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"nest of the outputs, arrays at a, b. Received: a single array"):
        LossSurface(two_outputs(), "mse", (X, Y)).loss()
    with pytest.raises(ValueError, match=r"nest of the outputs, arrays at a, b. Received: arrays at 0, 1"):
        LossSurface(two_outputs(), "mse", (X, [Y, Y])).loss()
    inputs = keras.Input((5,))
    model = keras.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(3)(inputs)])
    with pytest.raises(ValueError, match=r"Received: targets of \(34, 3\)"):
        LossSurface(model, "mse", (X, [X[:, :3], X[:, :3]])).loss()
