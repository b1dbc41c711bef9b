"""The signal report: its measures against hand-made values, what it leaves alone, its form and its errors."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.analysis.initialization import signal_report
from maskplay.analysis.initialization.report._measure import spread

from .signal_models import faulty, matrix, noise, times


@pytest.fixture(scope="module")
def plain() -> tuple[Any, np.ndarray, np.ndarray, np.ndarray]:
    """Two linear layers, whose every number is known."""
    a, b = noise(7, 11, seed=1), noise(11, 5, seed=2)
    model = keras.Sequential(
        [
            keras.Input((7,)),
            layers.Dense(11, use_bias=False, kernel_initializer=matrix(a), name="first"),
            layers.Dense(5, use_bias=False, kernel_initializer=matrix(b), name="second"),
        ]
    )
    return model, noise(23, 7), a, b


def test_measures_are_those_of_the_definitions(plain: Any) -> None:
    model, x, a, b = plain
    targets = noise(23, 5, seed=3)
    report = signal_report(model, x, targets=targets, loss=lambda t, y: ops.sum(t * y))
    first, second = report.layers
    hidden = x @ a

    def rms(z: np.ndarray) -> float:
        return float(np.sqrt((z**2).mean()))

    assert [one.layer for one in report.layers] == ["first", "second"]
    assert first.size_in == pytest.approx(rms(x), rel=1e-5)
    assert first.size_out == pytest.approx(rms(hidden), rel=1e-5)
    assert first.forward == pytest.approx(rms(hidden) / rms(x), rel=1e-5)
    assert second.size_out == pytest.approx(rms(hidden @ b), rel=1e-5)
    at_hidden = targets @ b.T
    assert second.gradient_out == pytest.approx(np.linalg.norm(targets), rel=1e-5)
    assert second.backward == pytest.approx(np.linalg.norm(at_hidden) / np.linalg.norm(targets), rel=1e-5)
    assert first.gradient_out == pytest.approx(np.linalg.norm(at_hidden), rel=1e-5)
    assert first.gradient_in == pytest.approx(np.linalg.norm(at_hidden @ a.T), rel=1e-5)
    assert first.weight_gradient == pytest.approx(np.linalg.norm(x.T @ at_hidden), rel=1e-5)
    assert first.gain == pytest.approx(7**0.5 * rms(a), rel=1e-5)
    mean = hidden.mean(0)
    assert first.mean_share == pytest.approx((mean**2).sum() / (hidden**2).sum(1).mean(), rel=1e-4)
    values = np.linalg.eigvalsh(np.cov(hidden.T, bias=True))
    assert first.rank == pytest.approx(values.sum() ** 2 / (values**2).sum(), rel=1e-4)


def test_spread_of_samples() -> None:
    assert spread(np.ones((4, 3))) == (pytest.approx(1.0), 0.0)
    share, rank = spread(np.repeat(np.eye(8), 4, axis=0))
    assert share == pytest.approx(1 / 8)
    assert rank == pytest.approx(7)
    assert np.isnan(spread(np.zeros((4, 3)))).all()


def test_a_report_changes_nothing_and_runs_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    model = keras.Sequential(
        [
            keras.Input((7,)),
            layers.Dense(11),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(5),
        ]
    )
    before = [ops.convert_to_numpy(v).copy() for v in model.variables]
    original = keras.layers.Layer.__call__
    calls = []

    def counting(layer: Any, *args: Any, **kwargs: Any) -> Any:
        calls.extend([1] * (layer is model))
        return original(layer, *args, **kwargs)

    monkeypatch.setattr(keras.layers.Layer, "__call__", counting)
    first = signal_report(model, noise(23, 7))
    assert len(calls) == first.passes == 2
    assert all(
        np.array_equal(a, ops.convert_to_numpy(v)) for a, v in zip(before, model.variables, strict=True)
    )
    assert keras.layers.Layer.__call__ is counting
    again = signal_report(model, noise(23, 7))
    for one, other in zip(first.layers, again.layers, strict=True):
        assert one.gradient_out == pytest.approx(other.gradient_out, rel=0.2)  # torch drops others each time


def test_two_reports_are_compared_layer_by_layer(plain: Any) -> None:
    before = faulty(lambda model: None)
    after = faulty(times("d1", 3, -0.0))
    found = after.compared_with(before)
    assert [one.layer for one in found.layers] == ["d0", "d1", "d2", "d3", "out"]
    assert (found.layers[0].size, found.layers[0].gain, found.layers[0].mean_share) == (1, 1, 0)
    assert [one.size for one in found.layers] == pytest.approx([1, 3, 3, 3, 3], rel=1e-4)
    assert (found.layers[1].gain, found.layers[2].gain) == (pytest.approx(3, rel=1e-5), 1)
    assert found.layers[3].rank == pytest.approx(1, rel=1e-3)
    assert found.table().splitlines()[2].split()[:3] == ["d1", "×3", "×3"]
    dead = faulty(times("d1", 1, -50)).compared_with(before)
    assert dead.layers[1].dead == 1 - before.layers[1].dead
    assert dead.table().splitlines()[2].split()[-1] == "+100%"
    with pytest.raises(
        ValueError, match=r"of the same layers .* 2 and 5 layers, not in both: d0, d1, d2, d3, first"
    ):
        before.compared_with(signal_report(plain[0], plain[1]))


def test_a_report_is_plain_values_for_json(tmp_path: Path) -> None:
    report = faulty(times("d2", 30))
    found = json.loads(json.dumps(report.to_dict()))
    assert found["healthy"] is False
    assert found["findings"][0]["layers"] == ["d2"]
    assert len(found["layers"]) == 5
    pytest.importorskip("matplotlib")
    report.draw(tmp_path / "signals.svg")
    assert b"prefers-color-scheme" in (tmp_path / "signals.svg").read_bytes()


def test_faults_of_the_call_are_told(plain: Any) -> None:
    model, x, _, _ = plain
    with pytest.raises(TypeError, match=r"A Keras model is needed. Received: Dense"):
        signal_report(layers.Dense(3), x)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="2 samples or more"):
        signal_report(model, x[:1])
    with pytest.raises(ValueError, match=r"an array for each of the model.s 1 inputs. Received: 2"):
        signal_report(model, [x, x])
    with pytest.raises(ValueError, match="loss and targets must be given together"):
        signal_report(model, x, loss="mse")
    with pytest.raises(ValueError, match="at least one array"):
        signal_report(model, [])


def test_a_loss_that_is_not_finite_is_an_error_unless_a_layer_has_made_it(plain: Any) -> None:
    model, x, _, _ = plain
    targets = np.zeros((23, 5), "float32")
    targets[4, 2] = np.nan
    with pytest.raises(
        ValueError, match=r"The loss must be a finite number. Received: nan, .* Clean the targets"
    ):
        signal_report(model, x, targets=targets, loss="mse")
    with pytest.raises(ValueError, match=r"Received: inf"):
        signal_report(model, x, targets=targets, loss=lambda t, y: ops.sum(y * y) / 0.0)
    x = x.copy()
    x[0, 0] = np.nan
    assert signal_report(model, x, targets=targets, loss="mse").findings[0].layers == ("inputs",)


def two_inputs() -> keras.Model:
    """Floats and ids, not in the order of the alphabet."""
    tokens, extra = keras.Input((6,), dtype="int32", name="tokens"), keras.Input((7,), name="extra")
    x = layers.GlobalAveragePooling1D()(layers.Embedding(9, 5)(tokens))
    return keras.Model([tokens, extra], layers.Dense(5)(layers.Concatenate()([x, extra])))


def test_a_batch_that_does_not_fit_is_told_with_the_input_and_both_shapes(plain: Any) -> None:
    model, x, _, _ = plain
    for wrong in (noise(23, 8), noise(23, 7, 2)):
        shape = ", ".join(map(str, wrong.shape))
        with pytest.raises(
            ValueError,
            match=rf"shape \(None, 7\) for the model's input 'keras_tensor\S*', .* Received: \({shape}\)",
        ):
            signal_report(model, wrong)
    assert signal_report(model, x[..., None]).layers == signal_report(model, x).layers
    tokens = np.ones((23, 6), int)
    with pytest.raises(ValueError, match=r"model.s 2 inputs. Received: 1. Give one each for tokens, extra"):
        signal_report(two_inputs(), tokens)
    with pytest.raises(
        ValueError, match=r"\(None, 7\) for the model's input 'extra', .* Received: \(23, 8\)"
    ):
        signal_report(two_inputs(), {"tokens": tokens, "extra": noise(23, 8)})
    with pytest.raises(ValueError, match=r"as its keys, tokens, extra. Received: tokens, other. Rename"):
        signal_report(two_inputs(), {"tokens": tokens, "other": x})


def test_arrays_are_taken_by_name_with_the_types_of_their_inputs() -> None:
    """In the order of the alphabet the floats would be cut to integers."""
    x = noise(23, 7) / 3
    report = signal_report(two_inputs(), {"tokens": np.ones((23, 6)), "extra": x})
    (both,) = (one for one in report.layers if one.kind == "Concatenate")
    assert both.size_in > 0.2
