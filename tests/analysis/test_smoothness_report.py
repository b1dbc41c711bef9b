"""Reports on models whose smoothness is known."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.analysis.smoothness import batch_norm_audit, normalization_report, smoothness

RNG = np.random.default_rng(0)
X = RNG.standard_normal((41, 3)).astype("float32") * np.array([1.0, 2.0, 0.5], "float32")
Y = (X @ np.array([[1.0], [-2.0], [0.5]])).astype("float32")
HESSIAN = np.linalg.eigvalsh(2 * X.T.astype(float) @ X / 41)


def linear() -> keras.Model:
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((3,)), layers.Dense(1, use_bias=False, name="only")])


@pytest.fixture(scope="module")
def found():
    return smoothness(linear(), "mse", (X, Y), trial_steps=60)


def test_a_quadratic_is_as_smooth_as_the_textbook_says(found) -> None:
    assert found.lipschitz.value == pytest.approx(HESSIAN[-1], rel=1e-4)
    assert found.eigenvalues.smallest.value == pytest.approx(HESSIAN[0], rel=1e-3)
    assert found.stable_rate.value == pytest.approx(2 / HESSIAN[-1], rel=1e-4)
    assert found.stable_rate.low <= 2 / HESSIAN[-1] <= found.stable_rate.high
    assert found.tried_rate == pytest.approx(2 / HESSIAN[-1], rel=0.1)
    assert (found.trace.value, found.trace.samples) == (pytest.approx(HESSIAN.sum(), rel=1e-4), 3)
    assert [one.layer.split("/")[-1] for one in found.layers] == ["only"]
    assert found.layers[0].eigenvalues.modulus.value == pytest.approx(HESSIAN[-1], rel=1e-4)
    assert found.layers[0].parameters == found.parameters == 3


def test_secants_of_a_quadratic_lie_between_its_eigenvalues(found) -> None:
    assert [one.direction for one in found.slices] == ["gradient", "random 1", "random 2"]
    for one in found.slices:
        secants = np.array(one.secants)
        assert (secants >= HESSIAN[0] * 0.999).all()
        assert (secants <= HESSIAN[-1] * 1.001).all()
        np.testing.assert_allclose(secants, secants[0], rtol=2e-3)
    down = found.slices[0]
    assert down.slope == pytest.approx(-found.gradient_norm, rel=1e-5)
    assert down.losses[0] < found.loss
    assert down.distances[4] == pytest.approx(found.stable_rate.value * found.gradient_norm, rel=1e-4)
    assert (np.array(down.smallest_l) <= HESSIAN[-1] * 1.01).all()
    assert found.lipschitz_by_secants <= found.lipschitz.high * 1.001


def test_a_result_is_told_written_and_drawn(found, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    text = found.table()
    assert f"norm of the gradient        {found.gradient_norm:.4g}" in text
    assert text.splitlines()[-1].split()[:2] == [found.layers[0].layer, "3"]
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["lipschitz"]["value"] == found.lipschitz.value
    assert plain["layers"][0]["parameters"] == 3
    found.draw(tmp_path / "a.svg")
    found.draw(tmp_path / "a.png", theme="dark")
    assert b"L: change of gradient / distance" in (tmp_path / "a.svg").read_bytes()


def test_a_direction_may_be_given_and_parts_left_out() -> None:
    step = [np.array([[1.0], [0.0], [0.0]])]
    found = smoothness(
        linear(), "mse", (X, Y), step=step, directions=0, layers=False, trace_samples=0, trial_steps=0
    )
    assert [one.direction for one in found.slices] == ["step"]
    second = 2 * X.T @ X / 41
    np.testing.assert_allclose(found.slices[0].secants, np.linalg.norm(second[0]), rtol=2e-3)
    assert (found.trace, found.tried_rate, found.layers) == (None, None, ())
    with pytest.raises(ValueError, match=r"directions must be 0 or more. Received: -1"):
        smoothness(linear(), "mse", (X, Y), directions=-1)
    with pytest.raises(ValueError, match="a finite number for each of the 3 trainable weights"):
        smoothness(linear(), "mse", (X, Y), step=[np.ones(2)])


@pytest.mark.parametrize("loss", ["mae", "hinge"])
def test_a_loss_without_curvature_is_looked_at_within_reach(loss: str) -> None:
    found = smoothness(linear(), loss, (X, Y + 3), layers=False, trace_samples=0)
    assert found.lipschitz.value < 1e-3
    far = found.slices[0].distances[-1]
    assert far == pytest.approx(2 * found.loss / found.gradient_norm, rel=1e-4)
    assert found.slices[0].losses[0] < found.loss
    assert found.tried_rate > 0
    assert "none that was tried goes down" not in found.table()


def test_secants_of_a_trained_point_are_no_rounding() -> None:
    model, noisy = linear(), Y + 0.3 * RNG.standard_normal(Y.shape).astype("float32")
    model.layers[0].kernel.assign(np.linalg.lstsq(X.astype(float), noisy, rcond=None)[0])
    found = smoothness(model, "mse", (X, noisy), layers=False, trace_samples=0)
    assert found.gradient_norm < 1e-5
    smallest = [x for one in found.slices[1:] for x in one.smallest_l]
    assert found.lipschitz_by_secants <= found.lipschitz.high * 1.1
    assert max(smallest) <= found.lipschitz.high * 1.1
    assert min(smallest) >= HESSIAN[0] * 0.5
    assert found.tried_rate is None  # descent has nothing left to gain
    assert "none that was tried" not in found.table()


def test_losses_that_tell_nothing_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"must be finite where they are measured. Received: a loss with NaN"
    ):
        smoothness(linear(), "mse", (X * np.nan, Y))
    with pytest.raises(ValueError, match="The loss must depend on the trainable weights"):
        smoothness(linear(), lambda targets, outputs: 0.0 * targets, (X, Y))


def test_the_audit_sees_what_inference_hides(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    x = (3 * RNG.standard_normal((64, 20)) + 2).astype("float32")
    y = RNG.standard_normal((64, 1)).astype("float32")
    norm = layers.BatchNormalization()
    model = keras.Sequential([keras.Input((20,)), layers.Dense(50), norm, layers.ReLU(), layers.Dense(1)])
    audit = batch_norm_audit(model, "mse", (x, y))
    curvature = {row.mode: row.eigenvalues.modulus.value for row in audit.rows}
    assert audit.normalizations == 1
    # A new model's averages are 0 and 1: normalization is all but the identity in inference.
    assert curvature["eval"] == pytest.approx(curvature["off"], rel=0.01)
    assert curvature["eval"] > 3 * curvature["train"]
    assert curvature["recalibrated"] == pytest.approx(curvature["frozen"], rel=0.01)
    assert audit["train"].loss == pytest.approx(audit["frozen"].loss, rel=1e-5)
    assert audit.effect == pytest.approx(curvature["off"] / curvature["train"])
    assert audit.findings[0].startswith("The moving averages are not those of these data")
    assert audit.table().splitlines()[1].startswith("train")
    assert json.loads(json.dumps(audit.to_dict()))["effect"] == audit.effect
    pytest.importorskip("matplotlib")
    audit.draw(tmp_path / "audit.svg")
    with pytest.raises(ValueError, match="must have layers of BatchNormalization"):
        batch_norm_audit(linear(), "mse", (X, Y))


def test_the_audit_takes_no_dropout_for_normalization() -> None:
    keras.utils.set_random_seed(0)
    drops = [layers.Dropout(0.5), layers.GaussianNoise(1.0)]
    body = [layers.Dense(8), layers.BatchNormalization(), *drops, layers.Reshape((4, 2))]
    model = keras.Sequential([keras.Input((3,)), *body, layers.GRU(3, dropout=0.4), layers.Dense(1)])
    audit = batch_norm_audit(model, "mse", (X, Y))
    assert audit["train"].loss == pytest.approx(audit["frozen"].loss, rel=1e-4)
    assert (drops[0].rate, drops[1].stddev, model.layers[5].cell.dropout) == (0.5, 1.0, 0.4)


def test_the_audit_refuses_a_loss_that_is_constant() -> None:
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(), layers.Dense(1)])
    with pytest.raises(ValueError, match="The loss must depend on the trainable weights"):
        batch_norm_audit(model, lambda targets, outputs: 0.0 * targets, (X, Y))


def moment_norm(x: np.ndarray) -> float:
    return float(np.linalg.eigvalsh(x.T @ x / len(x))[-1])


def test_the_norms_of_inputs_are_those_of_their_moments(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    x = RNG.standard_normal((300, 4)) + np.array([5.0, 0.0, 0.0, 3.0])
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(6, "tanh", name="first"), layers.Dense(2, name="second")]
    )
    report = normalization_report(model, x)
    first, second = report.layers
    assert (first.layer.split("/")[-1], first.features) == ("first", 4)
    centred = x - x.mean(0)
    assert first.norm == pytest.approx(moment_norm(x), rel=1e-4)
    assert first.centred == pytest.approx(moment_norm(centred), rel=1e-4)
    assert first.scaled == pytest.approx(moment_norm(centred / x.std(0)), rel=1e-4)
    assert first.scaled_only == pytest.approx(moment_norm(x / x.std(0)), rel=1e-4)
    hidden = np.tanh(x @ ops.convert_to_numpy(model.layers[0].kernel))
    assert second.norm == pytest.approx(moment_norm(hidden), rel=1e-4)
    assert report.advice[0].startswith(f"Centre what {first.layer} reads")
    assert f"{first.centring:.3g} times" in report.table()
    assert json.loads(json.dumps(report.to_dict()))["layers"][0]["layer"] == first.layer
    pytest.importorskip("matplotlib")
    report.draw(tmp_path / "norms.svg")


def test_what_is_centred_needs_no_centring() -> None:
    x = RNG.standard_normal((500, 4))
    report = normalization_report(linear_of(4), x - x.mean(0))
    assert report.layers[0].centring == pytest.approx(1.0, abs=1e-6)
    assert report.advice == (
        "Centring would lower no layer's norm twice, and none stands out: nothing to try.",
    )


def linear_of(features: int) -> keras.Model:
    return keras.Sequential([keras.Input((features,)), layers.Dense(1)])


@pytest.mark.parametrize(
    ("padding", "strides", "dilation"), [("valid", 2, 1), ("same", 2, 1), ("same", 1, 2)]
)
def test_patches_are_what_a_convolution_multiplies(padding: str, strides: int, dilation: int) -> None:
    from maskplay.analysis.smoothness.report._inputs import _patches

    layer = layers.Conv2D(2, 3, strides=strides, padding=padding, dilation_rate=dilation, use_bias=False)
    x = RNG.standard_normal((2, 7, 8, 3)).astype("float32")
    outputs = ops.convert_to_numpy(layer(x))
    rows = _patches(layer, x.astype(float), np.random.default_rng(0))
    kernel = ops.convert_to_numpy(layer.kernel).reshape(-1, 2)
    np.testing.assert_allclose((rows @ kernel).reshape(outputs.shape), outputs, atol=1e-5)


def test_attention_is_read_and_masks_are_honoured() -> None:
    inputs = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True, name="embed")(inputs)
    x = layers.Dense(4, name="masked")(x)
    outputs = layers.Dense(1, name="last")(layers.MultiHeadAttention(2, 3, name="attention")(x, x))
    ids = np.array([[1, 2, 3, 0, 0, 0], [4, 5, 6, 7, 8, 1]])
    model = keras.Model(inputs, outputs)
    report = normalization_report(model, ids)
    by_name = {one.layer.split("/")[-1]: one for one in report.layers}
    assert {name: one.features for name, one in by_name.items()} == {
        "masked": 4, "query": 4, "key": 4, "value": 4, "attention_output": 6, "last": 4,
    }  # fmt: skip
    embedded = ops.convert_to_numpy(model.get_layer("embed").embeddings)[ids]
    assert by_name["masked"].norm == pytest.approx(moment_norm(embedded[ids > 0]), rel=1e-3)


def test_layers_that_cannot_be_told_are_named() -> None:
    model = keras.Sequential(
        [keras.Input((6, 4)), layers.DepthwiseConv1D(3, name="deep"), layers.Dense(1, name="last")]
    )
    report = normalization_report(model, RNG.standard_normal((9, 6, 4)))
    assert [name.split("/")[-1] for name in report.others] == ["deep"]


def test_separable_recurrent_and_embedding_layers_are_named_too() -> None:
    recurrent = layers.Bidirectional(layers.LSTM(2), name="both")
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Embedding(5, 3, name="embed"),
            layers.SeparableConv1D(4, 3, name="apart"),
            recurrent,
            layers.BatchNormalization(name="norm"),
            layers.Dense(1, name="last"),
        ]
    )
    report = normalization_report(model, RNG.integers(0, 5, (9, 6)))
    assert [one.layer.split("/")[-1] for one in report.layers] == ["last"]
    told = " ".join(report.others)
    assert all(name in told for name in ("embed", "apart", "forward_lstm", "backward_lstm"))
    assert len(report.others) == 4
    assert f"not looked at: {', '.join(report.others)}" in report.table()


def test_a_model_whose_layers_cannot_be_told_is_refused_as_such() -> None:
    model = keras.Sequential([keras.Input((6, 4)), layers.DepthwiseConv1D(3, name="deep")])
    with pytest.raises(ValueError, match=r"whose reading can be told: .* Received: only others, \S*deep$"):
        normalization_report(model, RNG.standard_normal((9, 6, 4)))


def test_faults_of_normalization_reports_are_told() -> None:
    with pytest.raises(ValueError, match="must have layers with kernels"):
        normalization_report(keras.Sequential([keras.Input((3,)), layers.ReLU()]), X)
    with pytest.raises(ValueError, match=r"must be finite. Received: NaN or infinity at"):
        normalization_report(linear(), X * np.nan)
    with pytest.raises(TypeError, match="A Keras model is needed"):
        normalization_report("model", X)
