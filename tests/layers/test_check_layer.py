"""The conformance test catches a broken layer of each kind."""

import keras
import numpy as np
import pytest
from keras import ops

from maskplay.layers import Composite, LayerCheckError, check_layer
from maskplay.masks import keep, masked_mean

RNG = np.random.default_rng(0)
FLOATS = RNG.normal(size=(3, 7, 5)).astype("float32")
MASK = np.arange(7) < np.array([[7], [4], [5]])


def register(cls):
    return keras.saving.register_keras_serializable("tests")(cls)


@register
class Sound(Composite):
    """A convolution that honours the mask: the others break one thing each."""

    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.convolution = keras.layers.Conv1D(units, 3, padding="same")

    def call(self, x, mask=None):
        return keep(self.convolution(keep(x, mask)), mask)


@register
class ForgetsASetting(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x * self.factor

    def get_config(self):
        return super().get_config()


@register
class ForgetsAHiddenSetting(ForgetsASetting):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self._hidden = factor

    def call(self, x):
        return x * self._hidden


@register
class DriftingConfig(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return x

    def get_config(self):
        return super().get_config() | {"factor": self.factor * 2}


@register
class BuildsInCall(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(5)

    def build(self, input_shape):
        pass

    def call(self, x):
        return self.dense(x)


@register
class WrongShape(keras.layers.Layer):
    def call(self, x):
        return x[:, :, :2]

    def compute_output_shape(self, input_shape):
        return input_shape


@register
class WrongType(keras.layers.Layer):
    def call(self, x):
        return ops.cast(x > 0, "int32")

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, "float32")


@register
class NotTraceable(keras.layers.Layer):
    def call(self, x):
        return ops.convert_to_tensor(np.square(ops.convert_to_numpy(x)))

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, x.dtype)


@register
class InfiniteGradient(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(), initializer="zeros")

    def call(self, x):
        return x + ops.sqrt(ops.square(x) * self.scale)


@register
class DeadWeight(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(), initializer="ones")

    def call(self, x):
        return x * ops.stop_gradient(self.scale)


@register
class SavesNothing(keras.layers.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(5,), initializer="random_normal")

    def call(self, x):
        return x * self.scale

    def save_own_variables(self, store):
        pass

    def load_own_variables(self, store):
        pass


@register
class AlwaysFloat32(keras.layers.Layer):
    def call(self, x):
        return ops.cast(x, "float32")


@register
class LosesPrecision(keras.layers.Layer):
    def call(self, x):
        return (x + 3000.0) - 3000.0


@register
class LeaksContent(Sound):
    def call(self, x, mask=None):
        return keep(self.convolution(x), mask)


@register
class CountsPadding(Composite):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def call(self, x, mask=None):
        x = keep(x, mask)
        return keep(x - ops.mean(x, axis=1, keepdims=True), mask)


@register
class DropsTheMask(Sound):
    def compute_mask(self, inputs, previous_mask):
        return None


@register
class MasksTooMuch(Sound):
    def compute_mask(self, inputs, previous_mask):
        return ops.logical_and(previous_mask, ops.flip(previous_mask, axis=1))


@register
class KnowsNoMask(keras.layers.Layer):
    def call(self, x):
        return x


@register
class MixesRows(Composite):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def call(self, x, mask=None):
        return keep(x - ops.mean(masked_mean(x, mask), axis=0), mask)


BROKEN = [
    (lambda: ForgetsASetting(3.0), "config", r"do not survive the config: \['factor'\]"),
    (lambda: ForgetsAHiddenSetting(3.0), "config", "with equal weights, a copy made from the config differs"),
    (lambda: DriftingConfig(), "config", "a copy made from the config has another config"),
    (
        lambda: BuildsInCall(),
        "build",
        r"creates weights of shapes \[\], a call after build\(\) leaves \[\(5, 5\), \(5,\)\]",
    ),
    (lambda: WrongShape(), "symbolic", r"symbolic shape \(3, 7, 5\), real shape \(3, 7, 2\)"),
    (lambda: WrongType(), "symbolic", "symbolic type float32, real type int32"),
    (lambda: InfiniteGradient(), "fit", "weights that are not finite"),
    (lambda: DeadWeight(), "fit", "(no gradient reaches them|Gradients do not exist)"),
    (lambda: SavesNothing(), "save", "the loaded model differs"),
    (lambda: AlwaysFloat32(), "mixed precision", "the output is float32 instead of float16"),
    (lambda: LosesPrecision(), "mixed precision", "the output differs"),
    (lambda: LeaksContent(), "padding", "the content of padding changes the output"),
    (lambda: CountsPadding(), "padding", "the amount of padding changes the output"),
    (lambda: DropsTheMask(), "padding", "carries no mask"),
    (lambda: MasksTooMuch(), "padding", "its mask changes"),
    (lambda: KnowsNoMask(), "padding", "takes no mask, and it does not pass one on"),
    (lambda: MixesRows(), "one by one", "row 0 of a batch differs from the row alone"),
]


@pytest.mark.parametrize(
    ("make", "check", "why"), [pytest.param(*b, id=type(b[0]()).__name__) for b in BROKEN]
)
def test_catches(make, check, why):
    mask = MASK if check in ("padding", "one by one") else None
    with pytest.raises(LayerCheckError, match=f"{type(make()).__name__} fails the check '{check}'.*{why}"):
        check_layer(make(), FLOATS, mask=mask)


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="torch runs eagerly: NumPy is no obstacle")
def test_catches_what_cannot_be_compiled():
    with pytest.raises(LayerCheckError, match="fails the check 'fit'"):
        check_layer(NotTraceable(), FLOATS)


def test_a_sound_layer_passes():
    check_layer(Sound(), FLOATS, mask=MASK)


def test_a_known_failure_is_skipped_by_name():
    check_layer(MixesRows(), FLOATS, mask=MASK, skip={"one by one": "it is made to mix rows"})
    with pytest.raises(ValueError, match=r"Received: \['one_by_one'\]"):
        check_layer(MixesRows(), FLOATS, skip={"one_by_one": "no such check"})


def test_one_row_is_not_a_batch():
    with pytest.raises(ValueError, match=r"a batch of 2 at least\. Received shapes: \[\(1, 7, 5\)\]"):
        check_layer(Sound(), FLOATS[:1])
