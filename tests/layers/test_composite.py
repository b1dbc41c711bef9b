"""Layers within layers: nothing but __init__ and call, and everything Keras asks of a layer."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.layers import AttentionPooling1D, Composite, DilatedGatedConv1D
from maskplay.masks import keep

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 7, 5)).astype("float32")
MASK = np.arange(7) < np.array([[7], [4], [5]])


def register(cls):
    return keras.saving.register_keras_serializable("tests")(cls)


def numpy_of(tensor) -> np.ndarray:
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


@register
class Nested(Composite):
    """Itself within itself, lists and dicts of layers, and one layer used twice."""

    def __init__(self, depth: int, width: int = 2, **kwargs):
        super().__init__(**kwargs)
        self.below = Nested(depth - 1, width) if depth else None
        self.blocks = [DilatedGatedConv1D(width), DilatedGatedConv1D(width, dilation_rate=2)]
        self.ends = {"scale": keras.layers.Dense(width), "norm": keras.layers.LayerNormalization()}

    def call(self, x, mask=None):
        for block in self.blocks:
            x = block(x, mask=mask)
        x = self.ends["scale"](self.ends["scale"](x))
        if self.below is not None:
            x = self.below(x, mask=mask)
        return keep(self.ends["norm"](x), mask)


@register
class TwoInputs(Composite):
    """Two tensors, each with its mask; a nested structure; a static option."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.pool = AttentionPooling1D(3)
        self.mix = keras.layers.Dense(2)

    def call(self, x, others, x_mask=None, others_mask=None, double=False):
        pooled = [
            self.pool(other, mask=mask) for other, mask in zip(others, others_mask or [None] * 2, strict=True)
        ]
        y = keep(self.mix(x) + self.mix(ops.stack(pooled)[0])[:, None], x_mask)
        return {"y": 2 * y if double else y, "pooled": pooled}


@register
class Wrapper(Composite):
    """A layer, an initializer and a function among the arguments."""

    def __init__(self, layer, initializer, activation, **kwargs):
        super().__init__(**kwargs)
        self.first = layer
        self.second = keras.layers.Dense(2, activation=activation, kernel_initializer=initializer)

    def call(self, x, mask=None):
        return keep(self.second(self.first(x)), mask)


def test_names_do_not_depend_on_what_was_made_before():
    paths = []
    for _ in range(2):
        layer = Nested(1, name="top")
        layer.build((None, None, 5))
        paths.append([w.path for w in layer.weights])
    assert paths[0] == paths[1]
    assert len(set(paths[0])) == len(paths[0])
    assert "top/below/blocks_1/convolution/kernel" in paths[0]
    assert "top/ends_norm/gamma" in paths[0]


def test_a_given_name_and_a_given_layer_keep_their_names():
    dense = keras.layers.Dense(3)
    layer = Wrapper(dense, "ones", "relu", name="w")
    layer.third = keras.layers.Dense(2, name="mine")
    assert (layer.first.name, layer.second.name, layer.third.name) == (dense.name, "second", "mine")
    assert dense.name.startswith("dense")


def test_build_alone_creates_what_a_call_does():
    built, called = Nested(2), Nested(2)
    built.build((None, 7, 5))
    called(X, mask=MASK)
    assert [tuple(v.shape) for v in built.variables] == [tuple(v.shape) for v in called.variables]
    assert built.count_params() == called.count_params() > 0
    with pytest.raises(ValueError, match="already built"):
        built.late = keras.layers.Dense(2)


def test_keras_is_told_only_of_what_call_uses():
    """Else it would run every model with such a layer without compilation."""
    layer = Nested(1)
    layer.build((None, 7, 2))
    assert layer.below.blocks[0].projection is not None
    assert all(inner.built for inner in layer._flatten_layers())
    wider = Nested(1)
    wider.build((None, 7, 5))
    assert len(list(wider._flatten_layers())) == len(list(layer._flatten_layers())) + 1  # the first projects
    dropping = DilatedGatedConv1D(2, gate_dropout=0.5)
    dropping.build((None, 7, 2))
    assert dropping.non_trainable_variables  # its random state is still known


def test_build_takes_shapes_by_position_by_name_and_types():
    for args, named in [
        (((3, 7, 5), [(3, 2, 5), (3, 3, 5)]), {}),
        ((), {"x_shape": (3, 7, 5), "others_shape": [(3, 2, 5), (3, 3, 5)]}),
        ((keras.KerasTensor((3, 7, 5)), [keras.KerasTensor((3, 2, 5)), keras.KerasTensor((3, 3, 5))]), {}),
    ]:
        layer = TwoInputs()
        layer.build(*args, **named)
        assert [tuple(w.shape) for w in layer.weights] == [(5, 3), (3, 1), (5, 2), (2,)]
    with pytest.raises(
        ValueError, match=r"the shape of each tensor that its call\(\) takes.*Received: \(\), \{\}"
    ):
        TwoInputs().build()


def test_static_options_and_nested_inputs_and_outputs():
    others = [RNG.normal(size=(3, n, 5)).astype("float32") for n in (2, 3)]
    layer = TwoInputs()
    one, two = layer(X, others), layer(X, others, double=True)
    np.testing.assert_allclose(numpy_of(two["y"]), 2 * numpy_of(one["y"]), rtol=1e-6)
    assert layer.compute_output_shape((3, 7, 5), [(3, 2, 5), (3, 3, 5)]) == {
        "y": (3, 7, 2),
        "pooled": [(3, 5), (3, 5)],
    }
    again = TwoInputs.from_config(layer.get_config())
    again.build_from_config(json.loads(json.dumps(layer.get_build_config())))
    assert [tuple(w.shape) for w in again.weights] == [tuple(w.shape) for w in layer.weights]


def test_the_config_holds_layers_initializers_and_functions():
    layer = Wrapper(
        Nested(0), keras.initializers.RandomNormal(seed=3), keras.activations.gelu, trainable=False
    )
    config = json.loads(json.dumps(layer.get_config()))
    again = Wrapper.from_config(config)
    assert json.loads(json.dumps(again.get_config())) == config
    assert not again.trainable
    assert again.second.activation is keras.activations.gelu
    for one in (layer, again):
        one.build((None, 7, 5))
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(numpy_of(again(X, mask=MASK)), numpy_of(layer(X, mask=MASK)))


def functional(layer):
    x, mask = keras.Input((None, 5)), keras.Input((None,), dtype="bool")
    return keras.Model([x, mask], layer(x, mask=mask))


@register
class Subclassed(keras.Model):
    def __init__(self, shared, **kwargs):
        super().__init__(**kwargs)
        self.shared, self.head = shared, keras.layers.Dense(1)

    def call(self, x):
        mask = ops.any(x != 0, axis=-1)
        return self.head(self.shared(self.shared(x, mask=mask), mask=mask))

    def get_config(self):
        return super().get_config() | {"shared": keras.saving.serialize_keras_object(self.shared)}

    @classmethod
    def from_config(cls, config):
        return cls(**config | {"shared": keras.saving.deserialize_keras_object(config["shared"])})


@pytest.mark.parametrize(
    "make",
    [
        lambda: (functional(Nested(2)), [X, MASK]),
        lambda: (functional(Wrapper(Nested(1), "glorot_uniform", "tanh")), [X, MASK]),
        lambda: (Subclassed(Nested(1, width=5)), X * MASK[:, :, None]),
    ],
    ids=["functional", "layer as argument", "subclassed and shared"],
)
def test_models_train_save_and_load(make, tmp_path):
    model, inputs = make()
    model.compile("sgd", "mse")
    target = np.zeros(tuple(model(inputs).shape), "float32")
    assert np.isfinite(model.fit(inputs, target, epochs=2, verbose=0).history["loss"]).all()
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(inputs, verbose=0), model.predict(inputs, verbose=0), atol=1e-6)
    assert len(again.weights) == len(model.weights)


def test_a_layer_shared_by_two_stays_shared_after_loading(tmp_path):
    shared = keras.layers.Dense(5)
    x = keras.Input((None, 5))
    y = Wrapper(shared, "ones", None)(keras.layers.Dense(5)(Wrapper(shared, "ones", None)(x)))
    model = keras.Model(x, y)
    count = len(model.trainable_weights)
    assert count == 2 + 2 + 2 * 2  # the shared layer counts once
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert len(again.trainable_weights) == count
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6)


def test_precision_reaches_every_layer_within_and_no_further():
    before = keras.config.dtype_policy().name
    layer = Nested(1, dtype="mixed_bfloat16")
    assert keras.config.dtype_policy().name == before
    assert {sub.dtype_policy.name for sub in layer._flatten_layers()} == {"mixed_bfloat16"}
    assert keras.backend.standardize_dtype(layer(X, mask=MASK).dtype) == "bfloat16"
    with pytest.raises(ValueError, match="no_such_argument"):
        Wrapper(keras.layers.Dense(1), "ones", "relu", no_such_argument=1, dtype="float16")
    assert keras.config.dtype_policy().name == before


def test_the_output_carries_the_mask_of_the_input_once():
    layer = Nested(0)
    y = layer(X, mask=MASK)
    np.testing.assert_array_equal(ops.convert_to_numpy(y._keras_mask), MASK)
    implicit = keras.layers.Masking()(X * MASK[:, :, None])
    np.testing.assert_allclose(numpy_of(layer(implicit)), numpy_of(y), atol=1e-6)
    assert getattr(layer(X), "_keras_mask", None) is None


class TakesNoMask(Composite):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def call(self, x):
        return x * 2


def test_a_mask_that_call_does_not_take_is_an_error():
    with pytest.raises(ValueError, match=r"TakesNoMask carries a mask, which its call\(\) does not take"):
        TakesNoMask()(keras.layers.Masking()(X))
    with pytest.raises(ValueError, match="carries a mask"):
        TakesNoMask()(keras.layers.Masking()(keras.Input((7, 5))))


def test_a_class_that_cannot_work_is_refused_when_it_is_made():
    with pytest.raises(TypeError, match=r"several tensors, \['x', 'y'\].*`x_mask`"):

        class TwoTensorsOneMask(Composite):
            def call(self, x, y, mask=None):
                return x

    class NoKeywords(Composite):
        def __init__(self, units):
            super().__init__()

    with pytest.raises(TypeError, match=r"NoKeywords must take `\*\*kwargs`"):
        NoKeywords(3)


def test_stock_wrappers_and_sequential_take_it():
    model = keras.Sequential([keras.Input((7, 5)), keras.layers.Masking(), Nested(0), AttentionPooling1D(2)])
    assert model.output_shape == (None, 2)
    frames = RNG.normal(size=(2, 3, 7, 5)).astype("float32")
    layer = keras.layers.TimeDistributed(AttentionPooling1D(2))
    y = layer(frames)
    assert tuple(y.shape) == (2, 3, 5)
    np.testing.assert_allclose(numpy_of(y[:, 1]), numpy_of(layer.layer(frames[:, 1])), rtol=1e-5)
