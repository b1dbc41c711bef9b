"""Every layer that the package has keeps the contract; found automatically."""

import importlib
import pkgutil

import keras
import numpy as np
import pytest

import maskplay
from maskplay.layers import (
    AttentionPooling1D,
    Composite,
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
from maskplay.layers._dense import Dense
from maskplay.layers._dropout import Dropout

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
    Dense: [
        (lambda: Dense(11, "relu"), [FLOATS], MASK),
        (lambda: Dense(2, use_bias=False), [FLOATS[:, 0]], None),
    ],
    Dropout: [(lambda: Dropout(0.3, seed=1), [FLOATS], MASK)],
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


# A layer without a case here -> why. By name, for what trains needs not be imported for the cases.
EXEMPT = {
    "maskplay.analysis.hsic.training.bottleneck.BottleneckObjective": (
        "measures a whole batch, of three tensors in a list: neither shape nor rows alone mean anything; "
        "tests/analysis/test_training.py"
    ),
    "maskplay.analysis.hsic.training.independence_penalty.IndependencePenalty": (
        "takes two tensors in a list, and its loss is of the whole batch; tests/analysis/test_training.py"
    ),
    "maskplay.layers._mask_argument.TakesAttentionMask": "the base of layers, no layer by itself",
    "maskplay.layers.composite.Composite": "the base of layers, no layer by itself",
    "maskplay.models.transformer.Transformer": "a whole network: tests/models/test_transformer.py checks it",
    "maskplay.models.transformer._TiedDense": (
        "exists inside of Transformer alone, which makes it from its own config: test_heads in "
        "tests/models/test_transformer.py has its values"
    ),
    "maskplay.reading.pretraining.saying._Characters": (
        "lives in pretraining alone, where it borrows the embedding of a reader, which is what is saved; "
        "tests/reading/test_pretraining.py"
    ),
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


def layers_of_the_package():
    """Every layer that a module of the package defines, private ones too, by module and name."""
    found = {}
    for module in pkgutil.walk_packages(maskplay.__path__, "maskplay."):
        for thing in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, keras.layers.Layer)
                and thing.__module__ == module.name
            ):
                found[f"{module.name}.{thing.__qualname__}"] = thing
    return found


def test_every_layer_has_a_case_or_a_reason():
    """A new layer needs one of both; a reason whose layer is gone, or that has a case by now, is to be struck out."""
    found = layers_of_the_package()
    assert {Composite, Dense, TransformerBlock} <= set(
        found.values()
    )  # the walk goes through private modules too
    without = {name for name, layer in found.items() if layer not in CASES}
    assert sorted(without) == sorted(EXEMPT)
    assert set(CASES) <= set(found.values())
