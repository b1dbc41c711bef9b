"""The signal report of networks in every form: masks and padding, loops, channels first, subclassed, nested."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.analysis.initialization import signal_report
from maskplay.analysis.initialization.report._measure import spread

from .signal_models import matrix, noise


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
