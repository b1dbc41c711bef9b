"""Smoothness while a model is trained."""

import csv
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.analysis.smoothness import SmoothnessMonitor

RNG = np.random.default_rng(0)
X = RNG.standard_normal((24, 3)).astype("float32")
Y = RNG.standard_normal((24, 1)).astype("float32")


def trained(
    monitor: SmoothnessMonitor | None, epochs: int = 2
) -> tuple[keras.Model, keras.callbacks.History]:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    callbacks = [] if monitor is None else [monitor]
    history = model.fit(X, Y, batch_size=8, epochs=epochs, shuffle=False, verbose=0, callbacks=callbacks)
    return model, history


def test_measures_of_a_quadratic_are_the_textbooks(tmp_path: Path) -> None:
    monitor = SmoothnessMonitor((X, Y), every=2, multiples=(0.5, 2.0), csv=tmp_path / "smooth.csv")
    model, history = trained(monitor)
    assert [record.step for record in monitor.records] == [2, 4, 6]
    last = monitor.records[-1]  # after the last step: the model as it is
    hessian = 2 * X.T @ X / 24
    weights = ops.convert_to_numpy(model.layers[0].kernel).astype(float)
    gradient = hessian @ weights - 2 * X.T @ Y / 24
    changes = [np.linalg.norm(hessian @ (0.1 * m * gradient)) for m in (0.5, 2.0)]
    losses = [float(np.mean((X @ (weights - 0.1 * m * gradient) - Y) ** 2)) for m in (0.5, 2.0)]
    assert last.loss == pytest.approx(float(np.mean((X @ weights - Y) ** 2)), rel=1e-5)
    assert last.gradient_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-4)
    assert (last.loss_low, last.loss_high) == pytest.approx((min(losses), max(losses)), rel=1e-5)
    assert (last.change_low, last.change_high) == pytest.approx(changes, rel=1e-3)
    beta = np.linalg.norm(hessian @ gradient) / np.linalg.norm(gradient)
    assert last.beta == pytest.approx(beta, rel=1e-3)
    assert last.headroom == pytest.approx(2 / beta / 0.1, rel=1e-3)
    by_epoch = history.history["smoothness_beta"]
    assert by_epoch[0] == pytest.approx(monitor.records[0].beta)
    assert by_epoch[1] == pytest.approx(np.mean([one.beta for one in monitor.records[1:]]))
    with open(tmp_path / "smooth.csv", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [line["step"] for line in lines] == ["2", "4", "6"]
    assert float(lines[-1]["beta"]) == pytest.approx(last.beta, rel=1e-4)
    pytest.importorskip("matplotlib")
    monitor.draw(tmp_path / "smooth.svg")
    assert b"2 / learning rate" in (tmp_path / "smooth.svg").read_bytes()


def test_watching_changes_nothing() -> None:
    watched, _ = trained(SmoothnessMonitor((X, Y), every=1))
    alone, _ = trained(None)
    np.testing.assert_array_equal(
        *(ops.convert_to_numpy(model.layers[0].kernel) for model in (watched, alone))
    )


def test_epochs_shorter_than_every_repeat_what_was_seen_last(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    monitor = SmoothnessMonitor((X, Y), every=4)
    callbacks = [monitor, keras.callbacks.CSVLogger(str(tmp_path / "log.csv"))]
    model.fit(
        X, Y, batch_size=8, epochs=4, shuffle=False, verbose=0, callbacks=callbacks
    )  # looks in 2, 3 and 4
    assert [record.step for record in monitor.records] == [4, 8, 12]
    monitor.every = 100
    model.fit(X, Y, batch_size=8, epochs=1, verbose=0, callbacks=[*callbacks[:1]])
    with open(tmp_path / "log.csv", encoding="utf-8") as file:
        betas = [float(line["smoothness_beta"]) for line in csv.DictReader(file)]
    assert np.isnan(betas[0])
    assert betas[1:] == pytest.approx([one.beta for one in monitor.records], rel=1e-5)
    assert model.history.history["smoothness_beta"] == pytest.approx(betas[-1:], rel=1e-5)


def test_a_rate_of_0_is_drawn_without_a_bound(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    monitor = SmoothnessMonitor((X, Y), every=1)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 3)), "mse")
    model.fit(X, Y, batch_size=8, epochs=2, verbose=0, callbacks=[monitor])
    assert monitor.records[-1].learning_rate == 0
    assert monitor.records[-1].headroom == float("inf")
    monitor.draw(tmp_path / "smooth.svg")
    assert (tmp_path / "smooth.svg").exists()


def test_an_epoch_without_a_look_is_told_as_such(tmp_path: Path) -> None:
    _, history = trained(SmoothnessMonitor((X, Y), every=100), epochs=1)
    assert np.isnan(history.history["smoothness_beta"][0])
    with pytest.raises(ValueError, match="There must be something to draw"):
        SmoothnessMonitor((X, Y)).draw(tmp_path / "none.svg")


def test_faults_are_told() -> None:
    with pytest.raises(ValueError, match=r"every must be 1 or more. Received: 0"):
        SmoothnessMonitor((X, Y), every=0)
    with pytest.raises(ValueError, match=r"multiples must be positive numbers, one or more. Received: \(\)"):
        SmoothnessMonitor((X, Y), multiples=())
