"""The signal report: its measures against hand-made values, what it leaves alone, and what it finds."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.analysis.initialization import NormPreserving, SignalReport, signal_report
from maskplay.analysis.initialization.report._measure import spread
from maskplay.analysis.initialization.report.finding import CAUSES


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def matrix(values: np.ndarray) -> Any:
    return lambda shape, dtype=None: ops.convert_to_tensor(values.astype("float32"))


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


class Blocks(keras.Model):
    """Subclassed, with operations between its layers and a model inside; never built."""

    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Dense(11, name="first")
        self.norm = layers.BatchNormalization(name="norm")
        self.block = keras.Sequential(
            [layers.Dense(11, "relu", name="middle"), layers.Dropout(0.2, name="dropout")], name="block"
        )
        self.last = layers.Dense(5, name="last")

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        x = ops.relu(self.norm(self.first(inputs["a"]) + inputs["b"], training=training))
        for _ in range(2):
            x = x + self.block(x, training=training)
        return {"one": self.last(x), "two": x}


def test_subclassed_and_nested_models() -> None:
    model = Blocks()
    report = signal_report(model, {"a": noise(23, 7), "b": noise(23, 11, seed=1)})
    assert report.passes == 3
    assert [one.layer for one in report.layers] == [
        "first",
        "norm",
        "block/middle",
        "block/dropout",
        "block/middle (call 2)",
        "block/dropout (call 2)",
        "last",
    ]
    assert report.healthy, report.findings
    assert all(one.gradient_out > 0 for one in report.layers)


def test_sequences_with_masks_and_recurrence() -> None:
    """Padding counts for nothing; what is inside of a recurrent layer is its own business."""
    inputs = keras.Input((None,), dtype="int32")
    table = noise(9, 5)
    table[0] = 1000.0
    x = layers.Embedding(9, 5, mask_zero=True, embeddings_initializer=matrix(table), name="embedding")(inputs)
    x = layers.Bidirectional(layers.LSTM(6, return_sequences=True, name="lstm"), name="both")(x)
    x = layers.MultiHeadAttention(2, 3, name="attention")(x, x)
    model = keras.Model(inputs, layers.TimeDistributed(layers.Dense(3), name="each")(x))
    tokens = np.random.default_rng(0).integers(1, 9, (13, 6))
    tokens[:, 4:] = 0
    report = signal_report(model, tokens)
    names = [one.layer for one in report.layers]
    assert names[:3] == ["embedding", "both/forward_lstm", "both/backward_lstm"]
    assert names[-1] == "each"
    assert "attention/query" in names
    expected = np.sqrt((table[tokens[:, :4]] ** 2).mean())
    assert report.layers[0].size_out == pytest.approx(expected, rel=1e-5)
    assert (report.layers[0].mean_share, report.layers[0].rank) == pytest.approx(spread(table[tokens[:, :4]]))
    assert report.layers[-1].gradient_out == pytest.approx((13 * 4 * 3) ** 0.5, rel=0.2)


def padded(row: float) -> tuple[np.ndarray, np.ndarray]:
    """A table whose row for padding is of that size, and tokens of which nine in ten are padding."""
    table = noise(9, 8)
    table[0] = row
    tokens = np.random.default_rng(0).integers(1, 9, (64, 40))
    tokens[:, 4:] = 0
    return table, tokens


def test_samples_that_share_padding_are_not_alike_for_that() -> None:
    table, tokens = padded(3.0)
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(9, 8, mask_zero=True, embeddings_initializer=matrix(table), name="embedding")(inputs)
    model = keras.Model(inputs, layers.Dense(5, name="each")(x))
    report = signal_report(model, tokens)
    assert report.layers[0].mean_share < 0.3
    assert (report.layers[0].mean_share, report.layers[0].rank) == pytest.approx(spread(table[tokens[:, :4]]))
    tokens[::2, 3] = 0
    assert signal_report(model, tokens).layers[0].mean_share < 0.3


def test_spread_by_hand_where_samples_are_not_all_of_one_length() -> None:
    """Only the first two places are had by two samples: their means are 2 and 5, about which each differs by 1."""
    x = np.array([[[1.0], [4.0], [9.0]], [[3.0], [6.0], [7.0]], [[50.0]] * 3])
    mask = np.array([[True, True, True], [True, True, False], [False, False, False]])
    share, rank = spread(x, mask)
    assert share == pytest.approx((2 * 4 + 2 * 25) / (1 + 16 + 9 + 36))
    assert rank == pytest.approx(1)


def test_padding_does_not_hide_what_a_normalization_divides_by() -> None:
    table, tokens = padded(5.0)
    table[1:] *= 1e-4
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(9, 8, mask_zero=True, embeddings_initializer=matrix(table), name="embedding")(inputs)
    x = layers.LayerNormalization(name="norm", epsilon=0.01)(x)
    report = signal_report(keras.Model(inputs, layers.Dense(5)(x)), tokens)
    assert report.findings[0].cause in ("epsilon", "weights too small")


def test_attention_does_not_see_padding() -> None:
    """What padding makes of queries and keys would be all that its softmax sees."""
    _, tokens = padded(40.0)
    table = noise(300, 8)
    table[0] = 40.0
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(300, 8, mask_zero=True, embeddings_initializer=matrix(table), name="embedding")(
        inputs
    )
    x = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    keras.utils.set_random_seed(0)
    report = signal_report(keras.Model(inputs, layers.Dense(5)(x)), tokens)
    assert report.healthy, report.findings
    expected = np.sqrt((table[tokens[:, :4]] ** 2).mean())
    query = next(one for one in report.layers if one.layer == "attention/query")
    assert query.size_in == pytest.approx(expected, rel=1e-5)


class Loop(layers.Layer):
    """Calls a layer inside of a loop of the backend."""

    def __init__(self) -> None:
        super().__init__(name="loop")
        self.inner = layers.Dense(7, name="inner")

    def build(self, input_shape: Any) -> None:
        self.inner.build(input_shape)

    def call(self, x: Any) -> Any:
        return ops.scan(lambda carry, _: (self.inner(carry), None), x, length=3)[0]


def test_loops_of_the_backend_are_one_layer() -> None:
    model = keras.Sequential([keras.Input((7,)), Loop(), layers.Dense(5, name="last")])
    names = [one.layer for one in signal_report(model, noise(23, 7)).layers]
    assert names[-1] == "last"
    if keras.backend.backend() == "jax":
        assert names == ["loop", "last"]


def twin(first: bool) -> keras.Model:
    """Convolutions with their channels first or last and the same weights; of the first layer's units one lives."""
    form: Any = {"padding": "same", "data_format": "channels_first" if first else "channels_last"}
    axis = 1 if first else -1
    parts = [
        layers.Conv2D(8, 3, name="conv", kernel_initializer=matrix(noise(3, 3, 3, 8) / 4), **form),
        layers.ReLU(name="relu"),
        layers.BatchNormalization(axis=axis, name="norm", epsilon=0.01),
        layers.Conv2D(
            16, 3, activation="relu", name="last", kernel_initializer=matrix(noise(3, 3, 8, 16)), **form
        ),
    ]
    model = keras.Sequential([keras.Input((3, 6, 5) if first else (6, 5, 3)), *parts])
    model.get_layer("conv").bias.assign([0.0] + [-99.0] * 7)
    return model


def test_channels_may_come_first() -> None:
    """Transposed twins get the same report."""
    x = noise(23, 6, 5, 3)
    last, first = signal_report(twin(False), x), signal_report(twin(True), np.moveaxis(x, -1, 1))
    assert [one.units for one in first.layers] == [8, 8, 8, 16]
    assert first.layers[1].dead == 7 / 8
    for one, other in zip(first.layers, last.layers, strict=True):
        assert one.dead == other.dead
        assert one.size_out == pytest.approx(other.size_out, rel=1e-4)
        assert one.rank == pytest.approx(other.rank, rel=1e-3)
    assert [(one.cause, one.layers) for one in first.findings] == [
        (one.cause, one.layers) for one in last.findings
    ]


def test_a_normalization_of_channels_that_come_first_is_judged_by_their_variance() -> None:
    """The channels differ by more than each varies; the last axis holds all of them."""
    x = (1e-4 * noise(64, 6, 5) + np.arange(6)[:, None]).astype("float32")
    for axis, read in ((1, x), (-1, np.moveaxis(x, 1, -1))):
        norm = layers.BatchNormalization(axis=axis, name="norm")
        model = keras.Sequential([keras.Input(read.shape[1:]), norm, layers.Flatten(), layers.Dense(5)])
        assert [one.cause for one in signal_report(model, read).findings] == ["epsilon"]


@pytest.mark.parametrize("first", [True, False])
def test_columns_of_inputs_are_channels(first: bool) -> None:
    x = noise(64, 3, 6, 6)
    x[:, 2] *= 30
    x[:, :2] *= 0.05
    form: Any = {"data_format": "channels_first" if first else "channels_last"}
    read = x if first else np.moveaxis(x, 1, -1)
    model = keras.Sequential([keras.Input(read.shape[1:]), layers.Conv2D(4, 3, **form)])
    report = signal_report(model, read)
    assert "columns of very different sizes" in report.findings[0].evidence


def faulty(change: Any, activation: str = "relu", x: np.ndarray | None = None) -> SignalReport:
    """A report on four layers d0 to d3, one of which was changed. All models of the tests have these shapes."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((20,)),
            *[layers.Dense(32, activation, kernel_initializer="he_normal", name=f"d{i}") for i in range(4)],
            layers.Dense(5, name="out"),
        ]
    )
    change(model)
    return signal_report(model, noise(64, 20) if x is None else x)


def times(name: str, factor: float, bias: float = 0.0) -> Any:
    def change(model: keras.Model) -> None:
        layer = model.get_layer(name)
        layer.kernel.assign(ops.convert_to_numpy(layer.kernel) * factor)
        layer.bias.assign(ops.convert_to_numpy(layer.bias) + bias)

    return change


@pytest.mark.parametrize(
    ("change", "layer", "cause"),
    [
        (times("d2", 30), "d2", "weights too large"),
        (times("d2", 1e-4), "d2", "weights too small"),
        (times("d1", 1, -50), "d1", "dead units"),
        (times("d0", 0.1, 500), "d0", "collapse"),
    ],
)
def test_the_layer_and_the_cause_are_named(change: Any, layer: str, cause: str) -> None:
    report = faulty(change)
    assert (report.findings[0].layer, report.findings[0].cause) == (layer, cause)
    assert not report.healthy
    assert cause in report.table()
    assert f"! {layer}" in report.table()


def test_a_healthy_model_is_left_in_peace() -> None:
    report = faulty(lambda model: None)
    assert report.findings == ()
    assert "Nothing is wrong." in report.table()


def test_inputs_are_blamed_for_what_they_cause() -> None:
    report = faulty(lambda model: None, "tanh", 200 * noise(64, 20))
    assert [one.cause for one in report.findings] == ["not normalised"]
    assert "d0 reads numbers of size 2e+02" in str(report.findings[0])


def one_hot(rng: np.random.Generator) -> np.ndarray:
    return np.eye(4000, dtype="float32")[rng.integers(0, 4000, 64)]


def tf_idf(rng: np.random.Generator) -> np.ndarray:
    """Rows of norm 1, with 120 words of 4,000 each."""
    x = np.zeros((64, 4000), "float32")
    for row in x:
        row[rng.choice(4000, 120, replace=False)] = rng.random(120)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.mark.parametrize("sparse", [one_hot, tf_idf])
def test_sparse_inputs_are_judged_by_their_rows(sparse: Any) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4000,)), layers.Dense(32, "relu"), layers.Dense(5)])
    x = sparse(np.random.default_rng(0))
    assert signal_report(model, x).healthy
    assert [one.cause for one in signal_report(model, 0.001 * x).findings] == ["not normalised"]


class Table(layers.Layer):
    """An embedding of one's own."""

    def build(self, shape: Any) -> None:
        init = keras.initializers.RandomNormal(stddev=0.1)
        self.table = self.add_weight(shape=(30000, 16), initializer=init)

    def call(self, ids: Any) -> Any:
        return ops.take(self.table, ids, axis=0)


def test_an_embedding_of_ones_own_is_one() -> None:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((7,), dtype="int32")
    x = layers.GlobalAveragePooling1D()(Table(name="table")(inputs))
    ids = np.random.default_rng(0).integers(0, 30000, (64, 7))
    report = signal_report(keras.Model(inputs, layers.Dense(5)(x)), ids)
    assert report.healthy, report.findings
    assert report.layers[0].gain == pytest.approx(0.1, rel=0.01)


def test_zeros_that_will_learn_are_no_fault_and_zeros_that_will_not_are() -> None:
    """The last layer may begin with zeros; two layers in a row never leave them."""

    def zero(*names: str) -> Any:
        def change(model: keras.Model) -> None:
            for name in names:
                model.get_layer(name).kernel.assign(np.zeros(model.get_layer(name).kernel.shape))

        return change

    assert faulty(zero("out")).healthy
    report = faulty(zero("d2", "d3"))
    assert report.findings[0].cause == "zero weights"
    assert set(report.findings[0].layers) == {"d2", "d3"}


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


def test_a_network_of_our_own_is_reported() -> None:
    """BERT's form, with padding."""
    from maskplay.models import TransformerConfig

    config = TransformerConfig(vocabulary_size=30, width=16, depth=2, heads=2, hidden=32, dropout=0.1)
    tokens = np.random.default_rng(0).integers(2, 30, (16, 7)).astype("int32")
    tokens[:, 5:] = 0
    model = config.build()
    rng = np.random.default_rng(1)
    for weight in model.trainable_variables:
        if len(weight.shape) > 1:
            weight.assign(0.05 * rng.standard_normal(weight.shape))
    names = [x.name for x in model.inputs]
    report = signal_report(
        model, {name: tokens if name == "tokens" else np.zeros_like(tokens) for name in names}
    )
    assert report.healthy, report.findings
    assert len(report.layers) > 12
    assert all(np.isfinite(one.size_out) for one in report.layers)


def test_every_cause_is_explained() -> None:
    folder = Path(signal_report.__code__.co_filename).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("_check_*.py"))
    assert all(f'"{cause}"' in text for cause in CAUSES)


def test_deep_networks_that_keep_norms_are_healthy() -> None:
    keras.utils.set_random_seed(0)
    init = NormPreserving("relu")
    model = keras.Sequential(
        [keras.Input((32,)), *[layers.Dense(32, "relu", kernel_initializer=init) for _ in range(30)]]
    )
    report = signal_report(model, noise(64, 32))
    assert report.healthy, report.findings
    assert 0.1 < report.layers[-1].size_out < 10


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


class Root(layers.Layer):
    """The norm of each row, whose gradient at 0 is not a number."""

    def call(self, x: Any) -> Any:
        return x / (1 + ops.sqrt(ops.sum(ops.square(x), -1, keepdims=True)))


class RootBehind(keras.Model):
    """The same without a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Dense(5, "relu", name="first")

    def call(self, x: Any) -> Any:
        return ops.sqrt(ops.sum(ops.square(self.first(x)), -1))


def test_gradients_that_are_not_finite_are_told() -> None:
    x = noise(23, 7)
    x[3] = 0
    inner = [layers.Dense(11, name="first"), Root(name="root"), layers.Dense(5, name="last")]
    report = signal_report(keras.Sequential([keras.Input((7,)), *inner]), x)
    assert np.isfinite(report.layers[-1].size_out)
    assert [(one.cause, one.layers) for one in report.findings] == [("not finite", ("root",))]
    assert "those by what goes in hold NaN or infinity" in report.findings[0].evidence
    report = signal_report(RootBehind(), x)
    assert [(one.cause, one.layers) for one in report.findings] == [("not finite", ("first",))]
    assert "An operation behind it" in report.findings[0].evidence


def test_gradients_of_weights_that_are_not_finite_are_told() -> None:
    class Power(layers.Layer):
        def build(self, shape: Any) -> None:
            self.scale = self.add_weight(shape=(7,), initializer="zeros")

        def call(self, x: Any) -> Any:
            return x * (1 + ops.sqrt(self.scale))

    report = signal_report(
        keras.Sequential([keras.Input((7,)), Power(name="power"), layers.Dense(5)]), noise(23, 7)
    )
    assert [(one.cause, one.layers) for one in report.findings] == [("not finite", ("power",))]
    assert "those by its weights" in report.findings[0].evidence


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


@pytest.mark.slow
def test_fifty_broken_and_twenty_healthy_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """The set of `benchmarks/training.py`."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    measures = import_module("measures.diagnosing")
    cases = [
        *import_module("measures.diagnosis.broken").broken(),
        *import_module("measures.diagnosis.healthy").healthy(),
    ]
    found = measures.diagnoses(cases)
    assert found.passes <= 3
    assert found.named >= 45
    assert found.alarms == 0
