"""Rescaling makes bad models trainable and changes weights alone; the monitor watches."""

import csv
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.analysis.initialization import SignalMonitor, rescale, signal_report


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def network(activation: str, *, stddev: float = 1.0, bias: float = 0.0, depth: int = 4) -> keras.Model:
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((20,)),
            *[
                layers.Dense(
                    32,
                    activation,
                    kernel_initializer=keras.initializers.RandomNormal(stddev=stddev),
                    bias_initializer=keras.initializers.Constant(bias),
                    name=f"d{i}",
                )
                for i in range(depth)
            ],
            layers.Dense(5, name="out"),
        ]
    )


def before_activation(model: Any, x: np.ndarray, name: str) -> np.ndarray:
    layer = model.get_layer(name)
    read = x
    for one in model.layers:
        if one is layer:
            break
        read = ops.convert_to_numpy(one(read))
    return read @ ops.convert_to_numpy(layer.kernel) + ops.convert_to_numpy(layer.bias)


@pytest.mark.parametrize("orthogonal", [False, True])
def test_what_weights_give_has_deviation_one_and_mean_zero(orthogonal: bool) -> None:
    model, x = network("tanh", stddev=7.0, bias=3.0), 40 + 9 * noise(64, 20)
    done = rescale(model, x, orthogonal=orthogonal)
    assert [one.layer for one in done] == ["d0", "d1", "d2", "d3", "out"]
    for name in ("d0", "d2", "out"):
        z = before_activation(model, x, name)
        assert z.mean(0) == pytest.approx(np.zeros(z.shape[1]), abs=1e-3)
        assert np.sqrt(z.var(0).mean()) == pytest.approx(1.0, rel=1e-3)
    assert model.get_layer("d0").activation is keras.activations.tanh
    if orthogonal:
        kernel = ops.convert_to_numpy(model.get_layer("d1").kernel)
        gram = kernel.T @ kernel
        assert gram == pytest.approx(np.eye(32) * gram[0, 0], abs=1e-3)


def test_without_centring_one_factor_is_all_that_changes() -> None:
    model, x = network("relu", stddev=0.01, bias=0.1), noise(64, 20)
    before = [ops.convert_to_numpy(v).copy() for v in model.variables]
    done = rescale(model, x, centre=False, size=2.0)
    for one, kernel, bias, layer in zip(done, before[::2], before[1::2], model.layers, strict=True):
        assert ops.convert_to_numpy(layer.kernel) == pytest.approx(kernel * one.factor, rel=1e-4)
        assert ops.convert_to_numpy(layer.bias) == pytest.approx(bias * one.factor, rel=1e-4)
        assert one.shift == 0.0
        assert np.sqrt((before_activation(model, x, layer.name) ** 2).mean()) == pytest.approx(2.0, rel=1e-3)


def test_a_dry_run_and_a_failure_leave_the_model_as_it_was() -> None:
    model, x = network("tanh", stddev=7.0), noise(64, 20)
    before = [ops.convert_to_numpy(v).copy() for v in model.variables]
    done = rescale(model, x, dry_run=True)
    assert done[0].factor < 0.1
    assert all(
        np.array_equal(a, ops.convert_to_numpy(v).copy())
        for a, v in zip(before, model.variables, strict=True)
    )
    broken = model.get_layer("d3").kernel
    broken.assign(np.full(broken.shape, np.nan))
    with pytest.raises(ValueError, match=r"must give finite numbers. Received: d3"):
        rescale(model, x)
    assert np.array_equal(before[0], ops.convert_to_numpy(model.variables[0]))


def test_a_model_that_did_not_train_does() -> None:
    x = noise(128, 20)
    losses = []
    for mended in (False, True):
        model = network("relu", stddev=0.03, bias=-2.0)
        if mended:
            rescale(model, x)
            assert signal_report(model, x).layers[-1].size_out == pytest.approx(1.0, rel=0.01)
        model.compile(keras.optimizers.Adam(0.01), "mse")
        losses.append(model.fit(x, x[:, :5], batch_size=128, epochs=100, verbose=0).history["loss"][-1])
    assert losses[1] < 0.7 * losses[0]


def test_blocks_convolutions_and_attention_are_scaled_and_zeros_and_recurrence_left() -> None:
    inputs = keras.Input((9, 6))
    wide = keras.initializers.RandomNormal(stddev=3.0)
    x = layers.SeparableConv1D(8, 3, padding="same", depthwise_initializer=wide, name="separable")(inputs)
    x = layers.MultiHeadAttention(2, 4, kernel_initializer=wide, name="attention")(x, x)
    x = layers.LSTM(8, return_sequences=True, name="lstm")(x)
    x = layers.TimeDistributed(layers.Dense(8, kernel_initializer=wide))(x)
    shared = layers.Dense(8, kernel_initializer=wide, name="shared")
    x = shared(shared(x))
    model = keras.Model(inputs, layers.Dense(3, kernel_initializer="zeros", name="zeros")(x))
    recurrent = ops.convert_to_numpy(model.get_layer("lstm").cell.kernel)
    done = rescale(model, noise(32, 9, 6))
    inside = [f"attention/{name}" for name in ("query", "key", "value", "attention_output")]
    assert [one.layer for one in done] == ["separable", *inside, "shared"]
    assert np.array_equal(recurrent, ops.convert_to_numpy(model.get_layer("lstm").cell.kernel))
    report = {one.layer: one for one in signal_report(model, noise(32, 9, 6)).layers}
    for name in ("separable", "attention/query", "attention/attention_output", "shared"):
        assert report[name].size_out == pytest.approx(1.0, rel=0.02)


def test_channels_may_come_first() -> None:
    """Transposed twins are scaled alike, and every channel gets its own shift."""
    kernel, x = noise(3, 3, 3, 8), 4 + noise(23, 6, 6, 3)
    made = []
    for first in (False, True):
        form: Any = {"padding": "same", "data_format": "channels_first" if first else "channels_last"}
        conv = layers.Conv2D(8, 3, name="conv", **form)
        model = keras.Sequential([keras.Input((3, 6, 6) if first else (6, 6, 3)), conv])
        conv.kernel.assign(kernel)
        read = np.moveaxis(x, -1, 1) if first else x
        (done,) = rescale(model, read)
        made.append((done, ops.convert_to_numpy(conv.bias)))
        means = ops.convert_to_numpy(model(read)).mean((0, 2, 3) if first else (0, 1, 2))
        assert means == pytest.approx(np.zeros(8), abs=1e-4)
    assert made[0][0].factor == pytest.approx(made[1][0].factor, rel=1e-4)
    assert made[0][1] == pytest.approx(made[1][1], abs=1e-3)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Dense(8),
        layers.EinsumDense("abc,dec->abde", (None, 2, 3)),
        layers.Conv1D(8, 3, padding="same"),
        layers.Conv1D(8, 3, padding="same", groups=2),
        layers.Conv1D(16, 3, strides=3),
        layers.Conv1DTranspose(8, 3, padding="same"),
        layers.Conv1DTranspose(4, 3, strides=3),
        layers.DepthwiseConv1D(3, padding="same", depth_multiplier=2),
        layers.SeparableConv1D(8, 3, padding="same"),
    ],
    ids=lambda layer: layer.name,
)
def test_orthogonal_layers_keep_the_norm_of_every_input(layer: Any) -> None:
    """Up to the one factor that all of them share."""
    model, x = keras.Sequential([keras.Input((9, 4)), layer]), noise(23, 9, 4)
    rescale(model, x, orthogonal=True, centre=False)
    x = x.reshape(23, -1)
    ratios = np.linalg.norm(ops.convert_to_numpy(model(x.reshape(23, 9, 4))).reshape(23, -1), axis=1)
    ratios /= np.linalg.norm(x, axis=1)
    assert ratios == pytest.approx(ratios.mean(), rel=1e-3)


def test_projections_of_attention_are_orthogonal_over_all_heads() -> None:
    inputs = keras.Input((9, 12))
    model = keras.Model(inputs, layers.MultiHeadAttention(3, 4, name="attention")(inputs, inputs))
    rescale(model, noise(32, 9, 12), orthogonal=True)
    attention = model.get_layer("attention")
    for one in (attention.query_dense, attention.value_dense, attention.output_dense):
        values = np.linalg.svd(ops.convert_to_numpy(one.kernel).reshape(12, 12), compute_uv=False)
        assert values == pytest.approx(values.mean(), rel=1e-3)


def test_every_bias_of_every_head_is_moved_by_its_own_mean() -> None:
    inputs = keras.Input((9, 6))
    model = keras.Model(inputs, layers.MultiHeadAttention(2, 4, name="attention")(inputs, inputs))
    x = noise(32, 9, 6) + np.arange(6, dtype="float32")
    rescale(model, x)
    z = ops.convert_to_numpy(model.get_layer("attention").query_dense(x))
    assert z.mean((0, 1)) == pytest.approx(np.zeros((2, 4)), abs=1e-4)
    assert np.sqrt(z.var((0, 1)).mean()) == pytest.approx(1.0, rel=1e-3)


def test_a_bias_for_each_place_is_moved_by_what_a_mask_keeps() -> None:
    """`EinsumDense` may have a bias along any axis; here of (places, 1), and padding counts for nothing."""
    inputs = keras.Input((4, 6))
    each = layers.EinsumDense("abc,cd->abd", (4, 5), bias_axes="b", name="each")
    each.supports_masking = True
    model = keras.Model(inputs, each(layers.Masking()(inputs)))
    x = noise(32, 4, 6) + np.arange(4, dtype="float32")[:, None]
    x[:16, 2:] = 0
    rescale(model, x)
    z = ops.convert_to_numpy(each(x))
    assert tuple(each.bias.shape) == (4, 1)
    assert z[:, :2].mean((0, 2)) == pytest.approx(np.zeros(2), abs=1e-4)
    assert z[16:, 2:].mean((0, 2)) == pytest.approx(np.zeros(2), abs=1e-4)


def test_faults_of_the_call_are_told() -> None:
    model = network("relu", depth=1)
    with pytest.raises(ValueError, match="size must be a positive number"):
        rescale(model, noise(8, 20), size=0.0)
    with pytest.raises(TypeError, match="A Keras model is needed"):
        rescale(layers.Dense(3), noise(8, 20))  # type: ignore[arg-type]
    empty = keras.Sequential([keras.Input((4,)), layers.LayerNormalization()])
    with pytest.raises(ValueError, match="must have a layer with a kernel of Keras"):
        rescale(empty, noise(8, 4))
    with pytest.raises(ValueError, match="every must be 1 or more"):
        SignalMonitor(noise(8, 4), every=0)
    with pytest.raises(ValueError, match="train with this callback first"):
        SignalMonitor(noise(8, 4)).draw("signals.png")


class Poison(keras.callbacks.Callback):
    """Kills a layer after an epoch."""

    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.epoch:
            bias = self.model.get_layer("d1").bias
            bias.assign(ops.full(bias.shape, -1000.0))


def test_the_monitor_sees_a_layer_die_and_stops(tmp_path: Path) -> None:
    model, x = network("relu", stddev=0.25), noise(64, 20)
    model.compile("sgd", "mse")
    monitor = SignalMonitor(x, csv=tmp_path / "signals.csv", stop=True)
    with pytest.warns(UserWarning, match="After 2 epochs: d1: dead units") as told:
        model.fit(x, x[:, :5], epochs=5, verbose=0, callbacks=[Poison(1), monitor])
    assert len([one for one in told if "epochs" in str(one.message)]) == 1
    assert list(monitor.reports) == [0, 1, 2]
    assert monitor.reports[1].healthy
    assert monitor.reports[2].findings[0].cause == "dead units"
    rows = list(csv.DictReader((tmp_path / "signals.csv").read_text().splitlines()))
    assert len(rows) == 3 * 5
    assert float(rows[-4]["dead"]) == 1.0
    pytest.importorskip("matplotlib")
    monitor.draw(tmp_path / "signals.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["signals.csv", "signals.png"]


def test_the_monitor_looks_only_so_often() -> None:
    model, x = network("tanh", stddev=0.2, depth=1), noise(64, 20)
    model.compile("sgd", "mse")
    monitor = SignalMonitor(x, every=2)
    before = ops.convert_to_numpy(model.get_layer("d0").kernel)
    model.fit(x, x[:, :5], epochs=5, verbose=0, callbacks=[monitor])
    assert list(monitor.reports) == [0, 2, 4]
    assert monitor.reports[4].layers[0].gain != monitor.reports[0].layers[0].gain
    assert not np.array_equal(before, ops.convert_to_numpy(model.get_layer("d0").kernel))
