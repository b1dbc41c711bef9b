"""HSIC in Keras: the values of NumPy, gradients by differences, models that train."""

from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.analysis.hsic import (
    CKALoss,
    CKAMetric,
    Gaussian,
    HSICLoss,
    HSICMetric,
    IndependencePenalty,
    IndependenceRegularizer,
    Laplace,
    cka,
    dependence_report,
    hsic,
    hsic_bottleneck,
)
from maskplay.analysis.hsic.training._tensors import tensor_gram, tensor_hsic


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    x, y = np.random.default_rng(0).standard_normal((2, 23, 3)).astype("float32")
    return x, x**2 + 0.3 * y


def gradient(function: Any, x: np.ndarray) -> np.ndarray:
    """The backend's own gradient of a function of one tensor."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return np.asarray(jax.grad(function)(x))
    if backend == "torch":
        import torch

        tensor = torch.tensor(x, requires_grad=True)
        function(tensor).backward()
        return tensor.grad.numpy()
    import tensorflow as tf

    tensor = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        value = function(tensor)
    return tape.gradient(value, tensor).numpy()


def test_values_are_those_of_numpy(pair: tuple) -> None:
    x, y = pair
    loss = HSICLoss(width=1.5, width_true=0.7)
    expected = hsic(x, y, Gaussian(1.5), Gaussian(0.7), estimator="biased")
    assert float(loss(y, x)) == pytest.approx(expected, rel=1e-4)
    assert float(HSICLoss()(y, x)) == pytest.approx(hsic(x, y, estimator="biased"), rel=1e-3)
    assert 1 - float(CKALoss("laplace", "linear")(y, x)) == pytest.approx(
        cka(x, y, "laplace", "linear", estimator="biased"), rel=1e-3
    )
    k, m = tensor_gram(x, "laplace", 2.0), tensor_gram(y, "gaussian", 1.0)
    assert float(tensor_hsic(k, m, unbiased=True)) == pytest.approx(
        hsic(x, y, Laplace(2.0), Gaussian(1.0)), rel=1e-3
    )
    labels = np.arange(23) % 3
    assert float(HSICLoss(kernel_true="delta", width=1.0)(labels[:, None], x)) == pytest.approx(
        hsic(x, labels, Gaussian(1.0), "delta", estimator="biased"), rel=1e-3
    )


@pytest.mark.parametrize("kernel", ["gaussian", "laplace", "linear"])
@pytest.mark.parametrize("which", [HSICLoss, CKALoss])
def test_gradients_are_those_of_differences(pair: tuple, kernel: str, which: type) -> None:
    """The diagonal of a Laplace matrix has distance 0, where the root of a square has no gradient."""
    x, y = pair
    loss = which(kernel, width=1.3, width_true=0.9)
    found = gradient(lambda tensor: loss(y, tensor), x)
    assert np.isfinite(found).all()
    kernels = {"gaussian": Gaussian(1.3), "laplace": Laplace(1.3), "linear": "linear"}

    def value(moved: np.ndarray) -> float:
        if which is HSICLoss:
            return hsic(moved, y, kernels[kernel], Gaussian(0.9), estimator="biased")
        return 1 - cka(moved, y, kernels[kernel], Gaussian(0.9), estimator="biased")

    for place in ((0, 0), (7, 2), (22, 1)):
        step = np.zeros(x.shape)
        step[place] = 1e-5
        difference = (value(x + step) - value(x - step)) / 2e-5
        assert found[place] == pytest.approx(difference, rel=2e-2, abs=2e-6)


@pytest.mark.parametrize("which", [HSICLoss, CKALoss])
def test_constant_batches_have_values_and_gradients(which: type) -> None:
    x, y = np.ones((8, 2), "float32"), np.arange(16, dtype="float32").reshape(8, 2)
    loss = which()
    assert float(loss(y, x)) == pytest.approx(0.0 if which is HSICLoss else 1.0, abs=1e-6)
    assert np.isfinite(gradient(lambda tensor: loss(y, tensor), x)).all()


def test_metrics_add_up_batches(pair: tuple) -> None:
    x, y = pair
    kernels = Gaussian(1.5), Gaussian(0.7)
    parts = [slice(0, 10), slice(10, 20), slice(20, 23)]  # the last is too small for the unbiased estimate
    values, metric = [], HSICMetric(width=1.5, width_true=0.7)
    ratio = CKAMetric(width=1.5, width_true=0.7)
    for part in parts:
        metric.update_state(y[part], x[part])
        ratio.update_state(y[part], x[part])
    for part in parts[:2]:
        values.append(
            [
                hsic(a, b, c, d)
                for a, b, c, d in (
                    (x[part], y[part], *kernels),
                    (x[part], x[part], kernels[0], kernels[0]),
                    (y[part], y[part], kernels[1], kernels[1]),
                )
            ]
        )
    sums = np.sum(values, axis=0)
    assert float(metric.result()) == pytest.approx(sums[0] / 2, rel=1e-3)
    assert float(ratio.result()) == pytest.approx(sums[0] / (sums[1] * sums[2]) ** 0.5, rel=1e-3)
    metric.reset_state()
    assert float(metric.result()) == 0.0
    with pytest.raises(ValueError, match="no sample weights"):
        metric.update_state(y, x, sample_weight=np.ones(23))


def test_a_representation_learns_to_be_independent(tmp_path: Path) -> None:
    """The penalty takes out of a projection what tells of z; the model is saved and read again."""
    rng = np.random.default_rng(0)
    z = rng.standard_normal((256, 1)).astype("float32")
    x = np.concatenate([z, rng.standard_normal((256, 1))], 1).astype("float32")
    target = x.sum(1, keepdims=True)
    left = {}
    for factor in (0.0, 30.0):
        keras.utils.set_random_seed(0)
        inputs, side = keras.Input((2,)), keras.Input((1,))
        hidden = keras.layers.Dense(2, name="hidden")(inputs)
        hidden = IndependencePenalty(factor)([hidden, side])
        model = keras.Model([inputs, side], keras.layers.Dense(1)(hidden))
        model.compile(keras.optimizers.Adam(0.03), "mse")
        model.fit([x, z], target, batch_size=128, epochs=40, verbose=0)
        shown = keras.Model(model.inputs, model.get_layer("hidden").output).predict([x, z], verbose=0)
        left[factor] = cka(shown, z)
    assert left[0.0] > 0.3
    assert left[30.0] < 0.35 * left[0.0]
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert np.allclose(again.predict([x, z], verbose=0), model.predict([x, z], verbose=0), atol=1e-6)


def test_losses_and_metrics_in_a_compiled_model(pair: tuple) -> None:
    x, y = pair
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, activity_regularizer=IndependenceRegularizer(2))]
    )
    model.compile("adam", CKALoss(width=1.0), metrics=[HSICMetric(name="hsic"), CKAMetric(name="cka")])
    history = model.fit(x, y, batch_size=10, epochs=1, verbose=0).history
    assert {"loss", "hsic", "cka"} <= set(history)
    assert all(np.isfinite(values).all() for values in history.values())


@pytest.mark.parametrize(
    "thing",
    [
        HSICLoss("laplace", width=2.0),
        CKALoss(),
        HSICMetric(width=1.0),
        IndependencePenalty(2.0),
        IndependenceRegularizer(3),
    ],
)
def test_everything_is_made_again_from_its_configuration(thing: Any) -> None:
    config = thing.get_config()
    again = type(thing).from_config(config)
    assert again.get_config() == config


def test_weights_and_masks_are_refused() -> None:
    x = np.ones((4, 3, 2), "float32")
    with pytest.raises(ValueError, match=r"CKALoss has one value for a batch.*Received: sample_weight"):
        CKALoss()(x, x, sample_weight=np.ones(4))
    masked = keras.layers.Masking(0.0)(x)
    for thing in (lambda: HSICLoss()(x, masked), lambda: IndependencePenalty()([masked, x])):
        with pytest.raises(ValueError, match=r"cannot leave out what a mask does. Pool the sequence first"):
            thing()


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_widths_are_medians_of_distances(pair: tuple, scale: float) -> None:
    """The HSIC bottleneck's own code squares the median of squares, so that its width depends on the data's scale."""
    x, y = pair
    assert float(HSICLoss()(y, np.float32(scale) * x)) == pytest.approx(float(HSICLoss()(y, x)), rel=1e-3)


def test_batches_that_hold_next_to_nothing_have_an_alignment() -> None:
    """torch_cka takes the root of an unbiased estimate that rounding makes negative, and divides by 0 below 4."""
    for n in (1, 2, 3, 4, 5):
        for x in (np.ones((n, 2)), 1 + 1e-7 * np.random.default_rng(n).standard_normal((n, 2))):
            metric = CKAMetric()
            metric.update_state(x.astype("float32"), x.astype("float32"))
            assert np.isfinite(float(metric.result()))
            if n > 3:
                assert np.isfinite(cka(x, x))


def test_what_is_no_kernel_is_refused() -> None:
    with pytest.raises(ValueError, match=r"kernel must be one of gaussian, .*Received: 'rbf'"):
        HSICLoss("rbf")
    with pytest.raises(ValueError, match="width must be positive"):
        IndependencePenalty(width=-1.0)
    with pytest.raises(ValueError, match=r"divisible by the 2 groups. Received: shape \(4, 3\)"):
        IndependenceRegularizer(2)(ops.ones((4, 3)))


def test_layers_are_reported(tmp_path: Path, naive: ModuleType) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((300, 5)).astype("float32")
    model = keras.Sequential(
        [
            keras.Input((5,)),
            keras.layers.Dense(5, name="same", kernel_initializer="identity"),
            keras.layers.Dense(
                1, name="first", kernel_initializer=lambda *_, **__: np.eye(5, 1, dtype="float32")
            ),
        ]
    )
    labels = np.where(x[:, 0] > 0, "plus", "minus")
    found = dependence_report(model, x, labels, kernel="linear", batch_size=100)
    assert found.layers == ("same", "first")
    assert found.samples == 300
    assert found.with_input[0] == pytest.approx(1.0, abs=1e-5)
    assert found.with_label is not None
    assert found.with_label[1] > found.with_label[0]
    k, m = x @ x.T, x[:, :1] @ x[:, :1].T
    products = [
        sum(naive.unbiased(a[p, p], b[p, p]) for p in (slice(0, 100), slice(100, 200), slice(200, 300)))
        for a, b in ((k, m), (k, k), (m, m))
    ]
    assert found.matrix[0, 1] == pytest.approx(products[0] / (products[1] * products[2]) ** 0.5, rel=1e-4)
    assert found.hsic_with_input[1] == pytest.approx(products[0] / 3, rel=1e-4)
    heads = "layer  CKA with input  HSIC with input  CKA with label  HSIC with label"
    assert found.table().splitlines()[0] == heads
    assert found.table().splitlines()[1].startswith("same            1.000")
    pytest.importorskip("matplotlib")
    found.draw(tmp_path / "report.png")
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match=r"layers asked for. Received: third"):
        dependence_report(model, x, layers=["third"])
    with pytest.raises(ValueError, match=r"4 samples or more. Received: 3"):
        dependence_report(model, x, batch_size=3)


def test_layers_that_learn_by_themselves() -> None:
    """No gradient passes between layers, and yet the last one tells of the label."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((256, 2)).astype("float32")
    label = (x[:, :1] * x[:, 1:] > 0).astype("int32")
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(16, activation="tanh") for _ in range(2)]
    trained, features = hsic_bottleneck(layers, (2,))
    trained.compile(keras.optimizers.Adam(0.02))
    before = cka(features.predict(x, verbose=0), label.astype(bool))
    trained.fit([x, label], batch_size=128, epochs=40, verbose=0)
    assert cka(features.predict(x, verbose=0), label.astype(bool)) > before + 0.1
    # The layers are part of two models; the report is on the one that was asked for.
    found = dependence_report(features, x, label[:, 0].astype(bool), batch_size=256)
    assert found.with_label is not None
    assert found.with_label[-1] == pytest.approx(
        cka(features.predict(x, verbose=0), label.astype(bool)), abs=1e-3
    )
