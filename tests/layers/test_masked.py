"""Stock layers under a mask: a padded row gives what the row alone gives, and carries its own mask."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.layers import AttentionPooling1D, Masked
from maskplay.layers._mask_rules import STOCK

LENGTHS = [5, 8, 0, 11]
MASK = np.arange(11) < np.array(LENGTHS)[:, None]
X = np.random.default_rng(0).normal(size=(4, 11, 6)).astype("float32")
NOT_A_NUMBER = np.where(MASK[:, :, None], X, np.float32(np.nan))

CASES = {
    "Activation": [lambda: layers.Activation("tanh")],
    "AlphaDropout": [lambda: layers.AlphaDropout(0.5)],
    "AveragePooling1D": [
        lambda: layers.AveragePooling1D(3, strides=2),
        lambda: layers.AveragePooling1D(3, strides=1, padding="same"),
    ],
    "BatchNormalization": [lambda: layers.BatchNormalization()],
    "Bidirectional": [
        lambda: layers.Bidirectional(layers.GRU(3, return_sequences=True)),
        lambda: layers.Bidirectional(layers.LSTM(3)),
    ],
    "Conv1D": [
        lambda: layers.Conv1D(3, 3, padding="same"),
        lambda: layers.Conv1D(3, 4, padding="same", dilation_rate=2),
        lambda: layers.Conv1D(3, 3, padding="causal", strides=2),
        lambda: layers.Conv1D(3, 3, strides=2),
        lambda: layers.Conv1D(3, 2, dilation_rate=3),
    ],
    "Conv1DTranspose": [lambda: layers.Conv1DTranspose(3, 4, strides=3, padding="same")],
    "Dense": [lambda: layers.Dense(3, "relu")],
    "DepthwiseConv1D": [lambda: layers.DepthwiseConv1D(3, strides=2)],
    "Dropout": [lambda: layers.Dropout(0.5)],
    "ELU": [lambda: layers.ELU()],
    "GRU": [lambda: layers.GRU(3, return_sequences=True)],
    "GaussianDropout": [lambda: layers.GaussianDropout(0.5)],
    "GaussianNoise": [lambda: layers.GaussianNoise(0.5)],
    "GlobalAveragePooling1D": [lambda: layers.GlobalAveragePooling1D(keepdims=True)],
    "GlobalMaxPooling1D": [lambda: layers.GlobalMaxPooling1D()],
    "GroupNormalization": [
        lambda: layers.GroupNormalization(2),
        lambda: layers.GroupNormalization(-1, scale=False),
    ],
    "Identity": [lambda: layers.Identity()],
    "LSTM": [lambda: layers.LSTM(3), lambda: layers.LSTM(3, return_sequences=True)],
    "LayerNormalization": [lambda: layers.LayerNormalization()],
    "LeakyReLU": [lambda: layers.LeakyReLU()],
    "MaxPooling1D": [
        lambda: layers.MaxPooling1D(2),
        lambda: layers.MaxPooling1D(3, strides=1, padding="same"),
    ],
    "PReLU": [lambda: layers.PReLU(shared_axes=[1])],
    "RMSNormalization": [lambda: layers.RMSNormalization()],
    "RNN": [lambda: layers.RNN(layers.GRUCell(3), return_sequences=True)],
    "ReLU": [lambda: layers.ReLU()],
    "Rescaling": [lambda: layers.Rescaling(2.0, offset=1.0)],
    "SeparableConv1D": [lambda: layers.SeparableConv1D(3, 3, padding="same")],
    "SimpleRNN": [lambda: layers.SimpleRNN(3, go_backwards=True)],
    "Softmax": [lambda: layers.Softmax(axis=1), lambda: layers.Softmax()],
    "SpatialDropout1D": [lambda: layers.SpatialDropout1D(0.5)],
    "UnitNormalization": [lambda: layers.UnitNormalization()],
    "UpSampling1D": [lambda: layers.UpSampling1D(3)],
}


def numpy_of(tensor) -> np.ndarray:
    return ops.convert_to_numpy(tensor)


@pytest.mark.parametrize(
    "make",
    [pytest.param(make, id=f"{name}-{i}") for name, makes in CASES.items() for i, make in enumerate(makes)],
)
def test_a_padded_row_gives_what_the_row_alone_gives(make):
    layer = make()
    masked = Masked(layer)
    y = masked(NOT_A_NUMBER, mask=MASK)
    mask = getattr(y, "_keras_mask", None)
    y, mask = numpy_of(y), None if mask is None else numpy_of(mask)
    symbol = masked(keras.Input((None, 6)), mask=keras.Input((None,), dtype="bool"))
    assert len(symbol.shape) == y.ndim
    for row, length in enumerate(LENGTHS):
        if length < 4:  # shorter than a window
            assert not y[row].any()
            continue
        alone = numpy_of(layer(X[row : row + 1, :length]))[0]
        if mask is None:
            np.testing.assert_allclose(y[row], alone, atol=2e-5)
            continue
        np.testing.assert_array_equal(mask[row], np.arange(mask.shape[1]) < len(alone))
        np.testing.assert_allclose(y[row, : len(alone)], alone, atol=2e-5)
        assert not y[row, len(alone) :].any()


def test_every_stock_layer_that_it_knows_has_a_case():
    assert sorted(CASES) == list(STOCK)


def test_without_a_mask_it_is_the_layer():
    layer = layers.GroupNormalization(2)
    np.testing.assert_array_equal(numpy_of(Masked(layer)(X)), numpy_of(layer(X)))


def test_group_normalization_has_zero_mean_and_unit_variance_over_kept_positions():
    layer = layers.GroupNormalization(2, epsilon=0.0)
    y = numpy_of(Masked(layer)(X, mask=MASK))[1, :8].reshape(8, 2, 3)
    np.testing.assert_allclose(y.mean((0, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(y.var((0, 2)), 1, atol=1e-5)


def test_both_directions_meet_at_the_same_token():
    # Cells that add up what they have met: forward counts from the front, backward from the last kept token.
    cell = {
        "use_bias": False,
        "activation": "linear",
        "kernel_initializer": "ones",
        "recurrent_initializer": "ones",
    }
    layer = Masked(layers.Bidirectional(layers.SimpleRNN(1, return_sequences=True, **cell)))
    y = numpy_of(layer(np.ones((1, 5, 1), "float32"), mask=np.array([[True, True, True, False, False]])))
    np.testing.assert_array_equal(y[0], [[1, 3], [2, 2], [3, 1], [0, 0], [0, 0]])


@pytest.mark.parametrize("kept", [[True, False, True, True, False], [False] * 5])
def test_masks_of_any_pattern(kept):
    mask = np.array([kept])
    x = X[:1, :5]
    forward = layers.Bidirectional(layers.GRU(2, return_sequences=True))
    y = numpy_of(Masked(forward)(x, mask=mask))
    assert np.isfinite(y).all()
    if mask.any():
        np.testing.assert_allclose(y[mask], numpy_of(forward(x[:, kept]))[0], atol=1e-5)
    assert not y[~mask].any()
    np.testing.assert_array_equal(
        numpy_of(Masked(layers.MaxPooling1D(2, strides=1))(x, mask=mask)._keras_mask),
        mask[:, 1:] & mask[:, :-1],
    )


def test_recurrent_layers_that_deny_masks():
    # As from Keras 3.16.
    layer = layers.LSTM(2, return_sequences=True)
    layer.supports_masking = False
    y = Masked(layer)(NOT_A_NUMBER, mask=MASK)
    np.testing.assert_array_equal(numpy_of(y._keras_mask), MASK)


def test_the_mask_may_be_attached_to_the_input():
    embedded = layers.Embedding(7, 3, mask_zero=True)(np.array([[1, 2, 0], [3, 0, 0]]))
    y = Masked(layers.Conv1D(2, 3, padding="same"))(embedded)
    np.testing.assert_array_equal(numpy_of(y._keras_mask), [[True, True, False], [True, False, False]])


def test_a_layer_of_your_own_that_takes_a_mask_is_trusted():
    layer = AttentionPooling1D(3)
    np.testing.assert_array_equal(numpy_of(Masked(layer)(X, mask=MASK)), numpy_of(layer(X, mask=MASK)))


class Unknown(layers.Layer):
    def call(self, x):
        return x


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        (lambda: layers.Flatten(), "does not know how to make a Flatten honour a mask"),
        (lambda: layers.MultiHeadAttention(1, 2), "does not know how to make a MultiHeadAttention"),
        (lambda: layers.Lambda(lambda x: x), "does not know how to make a Lambda"),
        (
            lambda: keras.Sequential([layers.Dense(1)]),
            "make a Sequential honour.*Wrap the parts of a model one by one",
        ),
        (Unknown, "does not know how to make a Unknown"),
        (
            lambda: layers.Conv1D(2, 3, strides=2, padding="same"),
            'places the windows by the padded length; use "causal"',
        ),
        (lambda: layers.MaxPooling1D(2, padding="same"), "places the windows by the padded length"),
        (lambda: layers.Conv1D(2, 3, data_format="channels_first"), "another length axis"),
        (lambda: layers.GlobalMaxPooling1D(data_format="channels_first"), "another length axis"),
        (lambda: layers.Conv1DTranspose(2, 3), 'only padding="same"'),
        (lambda: layers.LayerNormalization(axis=[1, 2]), r"axis=\[1, 2\] is not the last one"),
        (lambda: layers.BatchNormalization(axis=1), "axis=1 is not the last one"),
        (lambda: layers.GroupNormalization(2, axis=1), "axis=1 is not the last one"),
        (lambda: layers.Softmax(axis=0), "axis=0 is neither the length nor the last one"),
        (lambda: layers.LSTM(2, go_backwards=True, return_sequences=True), "use Bidirectional"),
        (lambda: layers.LSTM(2, return_state=True), "return_state=True returns more than a sequence"),
        (lambda: layers.Bidirectional(layers.LSTM(2, return_state=True)), "returns more than a sequence"),
    ],
)
def test_what_cannot_honour_a_mask_is_an_error(layer, why):
    with pytest.raises(ValueError, match=why):
        Masked(layer())
