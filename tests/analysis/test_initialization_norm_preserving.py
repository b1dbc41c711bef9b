"""Initializers keep norms in the layers where Keras' own lose them, and are saved with models."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.analysis.initialization import NormPreserving, gain, orthogonality


def deviation(layer: Any, *shape: int, **arguments: Any) -> float:
    """Of what a layer makes of normal numbers, away from the edges."""
    x = np.random.default_rng(0).standard_normal(shape).astype("float32")
    y = ops.convert_to_numpy(layer(x, **arguments))
    return float((y[:, 2:-2] if y.ndim == 3 else y).std())


LAYERS = {
    "dense": lambda init: (keras.layers.Dense(300, kernel_initializer=init()), (64, 40)),
    "convolution": lambda init: (
        keras.layers.Conv1D(48, 3, padding="same", kernel_initializer=init()),
        (16, 23, 24),
    ),
    "grouped": lambda init: (
        keras.layers.Conv1D(64, 3, groups=8, padding="same", kernel_initializer=init(groups=8)),
        (16, 23, 64),
    ),
    "depthwise": lambda init: (
        keras.layers.DepthwiseConv1D(3, padding="same", depthwise_initializer=init(layer="depthwise")),
        (16, 23, 128),
    ),
    "separable": lambda init: (
        keras.layers.SeparableConv1D(
            48,
            3,
            padding="same",
            depthwise_initializer=init(layer="depthwise"),
            pointwise_initializer=init(),
        ),
        (16, 23, 96),
    ),
    "transpose": lambda init: (
        keras.layers.Conv1DTranspose(
            48, 4, strides=2, padding="same", kernel_initializer=init(layer="transpose", strides=2)
        ),
        (16, 23, 64),
    ),
    "heads": lambda init: (
        keras.layers.EinsumDense("abc,cde->abde", (None, 4, 16), kernel_initializer=init()),
        (8, 9, 64),
    ),
    "merged": lambda init: (
        keras.layers.EinsumDense("abcd,cde->abe", (None, 64), kernel_initializer=init()),
        (8, 9, 4, 16),
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_keep_the_size_of_what_they_read(name: str) -> None:
    def init(**details: Any) -> NormPreserving:
        return NormPreserving(seed=3, **details)

    layer, shape = LAYERS[name](init)
    assert deviation(layer, *shape) == pytest.approx(1.0, rel=0.12)


def test_an_embedding_gives_vectors_of_size_one() -> None:
    layer = keras.layers.Embedding(200, 30, embeddings_initializer=NormPreserving(layer="embedding", seed=0))
    assert float(ops.convert_to_numpy(layer(np.arange(200)[None])).std()) == pytest.approx(1.0, rel=0.05)


@pytest.mark.parametrize("distribution", ["truncated_normal", "normal", "uniform", "ternary", "orthogonal"])
@pytest.mark.parametrize("shape", [(90, 160), (160, 90)])
def test_every_distribution_has_the_same_variance(distribution: str, shape: tuple[int, int]) -> None:
    weights = ops.convert_to_numpy(NormPreserving("relu", distribution=distribution, seed=1)(shape))
    assert weights.var() == pytest.approx(2 / shape[0], rel=0.05)
    assert abs(weights.mean()) < 4 * (2 / shape[0]) ** 0.5 / weights.size**0.5
    values = len(np.unique(weights.round(6)))
    assert values == 3 if distribution == "ternary" else values > 1000


def test_modes_take_their_fan_and_gain() -> None:
    shape = (400, 100)
    found = gain("tanh")
    variances = {
        mode: float(ops.convert_to_numpy(NormPreserving("tanh", mode, seed=0)(shape)).var())
        for mode in ("forward", "backward", "compromise")
    }
    assert variances["forward"] == pytest.approx(found.forward**2 / 400, rel=0.02)
    assert variances["backward"] == pytest.approx(found.backward**2 / 100, rel=0.02)
    between = 2 / (400 / found.forward**2 + 100 / found.backward**2)
    assert variances["compromise"] == pytest.approx(between, rel=0.02)


@pytest.mark.parametrize(
    ("layer", "shape", "details", "fan_out"),
    [
        ("convolution", (3, 3, 8, 64), {"groups": 4, "strides": 2}, 9 * 64 / 4 / 4),
        ("convolution", (3, 5, 8, 64), {"strides": (1, 2)}, 15 * 64 / 2),
        ("depthwise", (3, 3, 64, 4), {"strides": 2}, 9 * 4 / 4),
        ("transpose", (4, 4, 32, 16), {"strides": 2}, 16 * 32),
    ],
)
def test_backward_fans_know_of_groups_and_strides(
    layer: str, shape: tuple[int, ...], details: dict[str, Any], fan_out: float
) -> None:
    weights = ops.convert_to_numpy(NormPreserving(mode="backward", layer=layer, seed=0, **details)(shape))
    assert weights.var() * fan_out == pytest.approx(1.0, rel=0.06)


@pytest.mark.parametrize(
    ("layer", "details"),
    [
        (keras.layers.Conv1D, {"filters": 12}),
        (keras.layers.Conv1D, {"filters": 24, "groups": 3}),
        (keras.layers.DepthwiseConv1D, {}),
        (keras.layers.Conv1DTranspose, {"filters": 12}),
    ],
)
@pytest.mark.parametrize("size", [3, 4])
def test_delta_orthogonal_convolutions_keep_every_norm(
    layer: Any, details: dict[str, Any], size: int
) -> None:
    depthwise = layer is keras.layers.DepthwiseConv1D
    kind = {keras.layers.DepthwiseConv1D: "depthwise", keras.layers.Conv1DTranspose: "transpose"}
    init = NormPreserving(
        distribution="orthogonal",
        layer=kind.get(layer, "convolution"),
        groups=details.get("groups", 1),
        seed=0,
    )
    name = "depthwise_initializer" if depthwise else "kernel_initializer"
    built = layer(kernel_size=size, padding="same", **details, **{name: init})
    x = np.random.default_rng(0).standard_normal((5, 11, 12)).astype("float32")
    y = ops.convert_to_numpy(built(x))
    before, after = (np.sqrt((z**2).mean((1, 2))) for z in (x, y))
    assert after == pytest.approx(before, rel=1e-4)


def test_a_convolution_with_keras_orthogonal_is_none() -> None:
    x = np.random.default_rng(0).standard_normal((5, 11, 12)).astype("float32")
    layer = keras.layers.Conv1D(
        12, 3, padding="same", kernel_initializer=keras.initializers.Orthogonal(seed=0)
    )
    ratio = np.linalg.norm(ops.convert_to_numpy(layer(x)).reshape(5, -1), axis=1) / np.linalg.norm(
        x.reshape(5, -1), axis=1
    )
    assert abs(ratio - 1).max() > 0.02


def test_projections_of_attention_are_orthogonal() -> None:
    layer = keras.layers.MultiHeadAttention(
        4, 8, kernel_initializer=NormPreserving(distribution="orthogonal")
    )
    layer.build((2, 5, 32), (2, 5, 32))
    projections = [layer.query_dense, layer.key_dense, layer.value_dense, layer.output_dense]
    kernels = [ops.convert_to_numpy(one.kernel).reshape(32, 32) for one in projections]
    for kernel in kernels:
        assert orthogonality(kernel).operator_error < 1e-4
    assert len({float(kernel[0, 0]) for kernel in kernels}) == 4


def test_one_object_gives_every_layer_its_own_weights_and_a_seed_the_same() -> None:
    shared = NormPreserving()
    first, second = (ops.convert_to_numpy(shared((5, 7))) for _ in range(2))
    assert not np.allclose(first, second)
    again = NormPreserving(seed=4)
    assert np.array_equal(ops.convert_to_numpy(again((5, 7))), ops.convert_to_numpy(again((5, 7))))
    keras.utils.set_random_seed(1)
    one = ops.convert_to_numpy(NormPreserving()((5, 7)))
    keras.utils.set_random_seed(1)
    assert np.array_equal(ops.convert_to_numpy(NormPreserving()((5, 7))), one)


@keras.saving.register_keras_serializable(package="tests")
def bent(z: Any) -> Any:
    """An activation of the user's own."""
    return keras.ops.where(z > 0, z, 0.5 * z)


def test_it_is_saved_with_a_model(tmp_path: Path) -> None:
    init = NormPreserving(
        bent, "compromise", layer="convolution", distribution="uniform", scale=0.5, strides=2, seed=3
    )
    model = keras.Sequential([keras.Input((9, 3)), keras.layers.Conv1D(4, 3, kernel_initializer=init)])
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras").layers[0].kernel_initializer
    assert isinstance(again, NormPreserving)
    assert again.get_config() == init.get_config()
    assert np.array_equal(ops.convert_to_numpy(again((3, 3, 4))), ops.convert_to_numpy(init((3, 3, 4))))
    assert again.activation is bent
    scaled, whole = (ops.convert_to_numpy(NormPreserving(scale=s, seed=0)((5, 7))) for s in (0.5, 1.0))
    assert scaled == pytest.approx(whole / 2)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="graphs are TensorFlow's")
def test_it_draws_while_a_graph_is_made() -> None:
    import tensorflow as tf

    drawn = tf.function(lambda: NormPreserving(lambda z: 3 * z)((200, 100)), autograph=False)()
    assert float(np.std(drawn.numpy())) == pytest.approx(1 / (3 * 200**0.5), rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"mode": "fan_in"}, "mode must be one of forward, backward, compromise. Received: 'fan_in'"),
        ({"distribution": "gauss"}, "distribution must be one of truncated_normal"),
        ({"layer": "conv"}, "layer must be one of auto, dense"),
        ({"scale": 0.0}, "scale must be a positive number"),
        ({"activation": "rulu"}, "activation of that name in Keras. Received: 'rulu'"),
    ],
)
def test_faults_are_told_at_once(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        NormPreserving(**arguments)


@pytest.mark.parametrize(
    ("arguments", "shape", "said"),
    [
        ({"layer": "depthwise"}, (3, 5), "must have 3 axes or more"),
        ({"distribution": "orthogonal"}, (3,), "two axes or more"),
        ({"distribution": "orthogonal", "layer": "transpose", "strides": 2}, (3, 4, 4), "leaves gaps"),
        ({"distribution": "orthogonal", "groups": 3}, (3, 4, 8), "groups must divide the filters"),
        ({"activation": np.sign, "mode": "backward"}, (3, 4), "No gradient passes the activation sign"),
    ],
)
def test_shapes_that_do_not_fit_are_told(
    arguments: dict[str, Any], shape: tuple[int, ...], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        NormPreserving(**arguments)(shape)
