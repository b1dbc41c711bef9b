"""The values of the reader's layers, against NumPy and by hand."""

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.layers import (
    AttentionPooling1D,
    DilatedGatedConv1D,
    HybridEmbedding,
    SinusoidalPositionEmbedding,
    UniformNoise,
)

RNG = np.random.default_rng(0)


def numpy_of(tensor) -> np.ndarray:
    return ops.convert_to_numpy(tensor)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize(("width", "size", "dilation", "padding"), [(5, 3, 2, "same"), (2, 2, 3, "causal")])
def test_dilated_gated_conv1d_equals_numpy(width, size, dilation, padding):
    layer = DilatedGatedConv1D(width, size, dilation, padding)
    x = RNG.normal(size=(2, 11, 5)).astype("float32")
    mask = np.arange(11) < np.array([[11], [7]])
    y = numpy_of(layer(x, mask=mask))
    kernel, bias, *projection = [w + RNG.normal(size=w.shape) for w in layer.get_weights()]
    layer.set_weights([kernel, bias, *projection])
    y = numpy_of(layer(x, mask=mask))
    assert len(projection) == (0 if width == 5 else 2)
    x = np.where(mask[:, :, None], x, 0)
    back = (size - 1) * dilation if padding == "causal" else (size - 1) * dilation // 2
    expected = np.zeros((2, 11, width))
    for row, position in np.argwhere(mask):
        sums = bias.copy()
        for tap in range(size):
            source = position - back + tap * dilation
            if 0 <= source < 11:
                sums = sums + x[row, source] @ kernel[tap]
        passing = x[row, position] @ projection[0] + projection[1] if projection else x[row, position]
        gate = sigmoid(sums[width:])
        expected[row, position] = passing * (1 - gate) + sums[:width] * gate
    np.testing.assert_allclose(y[mask], expected[mask], atol=1e-4)


def test_a_gate_that_is_shut_lets_the_input_pass():
    layer = DilatedGatedConv1D(3)
    layer.build((None, None, 3))
    layer.set_weights([np.zeros((3, 3, 6)), np.array([7, 7, 7, -50, 0, 50])])
    y = numpy_of(layer(np.ones((1, 4, 3), "float32")))
    np.testing.assert_allclose(y, np.broadcast_to([1, 4, 7], (1, 4, 3)), atol=1e-6)


def test_gate_dropout_and_noise_are_for_training_only():
    x = RNG.normal(size=(2, 7, 3)).astype("float32")
    for options in ({"gate_dropout": 0.5}, {"gate_dropout": 0, "gate_noise": 0.1}):
        layer = DilatedGatedConv1D(3, seed=5, **options)
        quiet = numpy_of(layer(x))
        np.testing.assert_array_equal(numpy_of(layer(x, training=False)), quiet)
        one, two = numpy_of(layer(x, training=True)), numpy_of(layer(x, training=True))
        assert (one != quiet).any()
        assert (one != two).any()
    still = DilatedGatedConv1D(3, gate_dropout=0)
    np.testing.assert_array_equal(numpy_of(still(x, training=True)), numpy_of(still(x)))


def test_a_dropped_gate_is_half_open():
    layer = DilatedGatedConv1D(1, gate_dropout=0.5, seed=3)
    layer.build((None, None, 1))
    layer.set_weights([np.zeros((3, 1, 2)), np.array([3, -50])])
    y = numpy_of(layer(np.ones((1, 50, 1), "float32"), training=True))
    assert set(np.round(y.ravel(), 4)) == {1.0, 2.0}  # shut, or half of 1 and half of 3


def test_channel_dropout_drops_a_channel_of_the_candidate_for_a_whole_row():
    layer = DilatedGatedConv1D(2, gate_dropout=0, channel_dropout=0.5, seed=3)
    layer.build((None, None, 2))
    layer.set_weights([np.zeros((3, 2, 4)), np.array([3, 5, 50, 50])])
    x = np.ones((11, 7, 2), "float32")
    np.testing.assert_allclose(numpy_of(layer(x)), np.broadcast_to([3, 5], x.shape))
    y = numpy_of(layer(x, training=True))
    np.testing.assert_array_equal(y, np.broadcast_to(y[:, :1], y.shape))
    assert set(y[:, 0, 0]) == {0, 6}
    assert set(y[:, 0, 1]) == {0, 10}


def test_what_the_mask_does_not_keep_never_reaches_a_kept_position():
    layer = DilatedGatedConv1D(3, dilation_rate=2)
    x = RNG.normal(size=(1, 7, 3)).astype("float32")
    mask = np.array([[True, True, False, True, True, False, False]])
    dirty = np.where(mask[:, :, None], x, np.float32(np.nan))
    np.testing.assert_array_equal(
        numpy_of(layer(dirty, mask=mask))[mask], numpy_of(layer(x, mask=mask))[mask]
    )


def test_uniform_noise_is_uniform_and_of_mean_one():
    y = numpy_of(UniformNoise(0.1, seed=1)(ops.ones((20_011,)), training=True))
    assert 0.9 <= y.min() < 0.901
    assert 1.099 < y.max() <= 1.1
    assert abs(y.mean() - 1) < 0.002
    np.testing.assert_allclose(y.std(), 0.2 / np.sqrt(12), rtol=0.02)


def test_attention_pooling_equals_numpy():
    layer = AttentionPooling1D(2)
    x = RNG.normal(size=(3, 7, 5)).astype("float32")
    mask = np.array([[True] * 7, [True, False, True, False, False, True, False], [False] * 7])
    y = numpy_of(layer(x, mask=mask))
    w, v = layer.get_weights()
    for row in range(2):
        kept = x[row, mask[row]]
        weights = np.exp(np.tanh(kept @ w) @ v)
        np.testing.assert_allclose(y[row], (weights * kept).sum(0) / weights.sum(), atol=1e-5)
    np.testing.assert_array_equal(y[2], 0)
    assert getattr(layer(x, mask=mask), "_keras_mask", None) is None


def test_sinusoidal_positions_equal_numpy():
    y = numpy_of(SinusoidalPositionEmbedding(100)(np.ones((1, 7, 5), "float32")))[0]
    for position, channel in np.ndindex(7, 5):
        angle = position / 100 ** (2 * (channel // 2) / 5)
        wave = np.cos(angle) if channel % 2 else np.sin(angle)
        np.testing.assert_allclose(y[position, channel], 1 + wave, atol=1e-6)


def test_positions_are_told_apart_in_half_precision():
    y = SinusoidalPositionEmbedding(dtype="float16")(np.zeros((1, 4099, 2), "float32"))
    y = numpy_of(ops.cast(y, "float32"))[0]
    np.testing.assert_allclose(y[4098], [np.sin(4098), np.cos(4098)], atol=1e-3)


def test_hybrid_embedding_equals_numpy_and_keeps_words_frozen():
    vectors = RNG.normal(size=(6, 2)).astype("float32")
    layer = HybridEmbedding(11, 5, vectors)
    characters, words = np.array([[4, 9, 0]]), np.array([[2, 2, 5]])
    y = layer(characters, words)
    table, projection = [numpy_of(w) for w in layer.trainable_weights]
    np.testing.assert_allclose(numpy_of(y)[0, :2], table[[4, 9]] + vectors[[2, 2]] @ projection, atol=1e-5)
    np.testing.assert_array_equal(numpy_of(y)[0, 2], 0)
    np.testing.assert_array_equal(numpy_of(y._keras_mask), [[True, True, False]])
    np.testing.assert_array_equal(numpy_of(layer.non_trainable_weights[0]), vectors)


def test_hybrid_embedding_leaves_the_matrix_out_of_the_config_and_loads_it(tmp_path):
    vectors = RNG.normal(size=(6, 2)).astype("float32")
    characters, words = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    model = keras.Model([characters, words], HybridEmbedding(11, 5, vectors)(characters, words))
    config = model.layers[-1].get_config()
    assert list(keras.saving.deserialize_keras_object(config["word_vectors"])) == [6, 2]
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(numpy_of(again.layers[-1].non_trainable_weights[0]), vectors)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: DilatedGatedConv1D(3, padding="valid"), "padding must be .*Received: padding='valid'"),
        (lambda: DilatedGatedConv1D(3, gate_noise=1.5), r"between 0 and 1\. Received: gate_noise=1\.5"),
        (lambda: UniformNoise(-0.1), r"between 0 and 1\. Received: amount=-0\.1"),
        (
            lambda: SinusoidalPositionEmbedding(0),
            "max_wavelength must be above 0. Received: max_wavelength=0",
        ),
        (lambda: HybridEmbedding(3, 2, np.zeros(4)), r"an array of shape \(4,\)"),
    ],
)
def test_bad_settings_are_refused(make, why):
    with pytest.raises(ValueError, match=why):
        make()
