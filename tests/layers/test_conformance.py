"""Every layer that the package has keeps the contract; found automatically."""

import keras
import numpy as np
import pytest

import maskplay.layers
from maskplay.layers import (
    AttentionPooling1D,
    DilatedGatedConv1D,
    ExactMatch,
    FeedForward,
    HybridEmbedding,
    Masked,
    SelfAttention,
    SinusoidalPositionEmbedding,
    TransformerBlock,
    UniformNoise,
    check_layer,
)

RNG = np.random.default_rng(0)
FLOATS = RNG.normal(size=(3, 7, 5)).astype("float32")
MASK = np.arange(7) < np.array([[7], [4], [5]])
IDS = RNG.integers(1, 11, size=(3, 7)) * MASK
WORDS = RNG.integers(0, 6, size=(3, 7))
EVEN = RNG.normal(size=(3, 7, 6)).astype("float32")

# Class -> the cases of it: a layer, its inputs, and the mask of the first one.
CASES = {
    AttentionPooling1D: [(lambda: AttentionPooling1D(2), [FLOATS], MASK)],
    DilatedGatedConv1D: [
        (lambda: DilatedGatedConv1D(5, gate_dropout=0, dilation_rate=2), [FLOATS], MASK),
        (lambda: DilatedGatedConv1D(2, 4, padding="causal", gate_noise=0.1, seed=3), [FLOATS], MASK),
    ],
    ExactMatch: [
        # It is told by its ids what padding is, and passes no mask on: its output is 0 there.
        (
            lambda: ExactMatch((1, 2)),
            [IDS, RNG.integers(1, 11, size=(3, 2)), np.ones((3, 2, 1), "float32")],
            None,
        ),
    ],
    FeedForward: [(lambda: FeedForward(11, 2, "gelu_tanh"), [FLOATS], MASK)],
    HybridEmbedding: [
        (lambda: HybridEmbedding(11, 5, RNG.normal(size=(6, 2))), [IDS, WORDS], MASK),
        (lambda: HybridEmbedding(11, 5, (6, 2)), [IDS, WORDS], MASK),
    ],
    Masked: [
        (lambda: Masked(keras.layers.Conv1D(2, 3, strides=2)), [FLOATS], MASK),
        (
            lambda: Masked(keras.layers.Bidirectional(keras.layers.GRU(2, return_sequences=True))),
            [FLOATS],
            MASK,
        ),
        (lambda: Masked(keras.layers.GroupNormalization(5)), [FLOATS], MASK),
        (lambda: Masked(keras.layers.GlobalMaxPooling1D()), [FLOATS], MASK),
    ],
    SelfAttention: [
        (lambda: SelfAttention(5, 5, dropout=0.1), [FLOATS], MASK),
        (lambda: SelfAttention(6, 3, places="rotary", rotate_values=True), [EVEN], MASK),
        (lambda: SelfAttention(6, 3, places="relative", reach=2), [EVEN], MASK),
    ],
    SinusoidalPositionEmbedding: [(lambda: SinusoidalPositionEmbedding(100), [FLOATS], MASK)],
    TransformerBlock: [
        (lambda: TransformerBlock(5, 1, 11, dropout=0.1), [FLOATS], MASK),
        (lambda: TransformerBlock(5, 5, 3, norm="pre", activation="relu"), [FLOATS], MASK),
    ],
    UniformNoise: [(lambda: UniformNoise(0.1, seed=1), [FLOATS], MASK)],
}


@pytest.mark.parametrize(
    ("make", "inputs", "mask"),
    [
        pytest.param(*case, id=f"{cls.__name__}-{i}")
        for cls, cases in CASES.items()
        for i, case in enumerate(cases)
    ],
)
def test_conforms(make, inputs, mask):
    check_layer(make(), *inputs, mask=mask)


def test_every_public_layer_has_a_case():
    public = {getattr(maskplay.layers, name) for name in maskplay.layers.__all__}
    layers = {thing for thing in public if isinstance(thing, type) and issubclass(thing, keras.layers.Layer)}
    assert layers - set(CASES) == {maskplay.layers.Composite}  # the base of layers, no layer by itself
