"""Models that let padding in, and models that do not; each takes ids from 0 to 10, 0 for padding."""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers, ops

from maskplay.layers import AttentionPooling1D, DilatedGatedConv1D, Masked


def embed() -> keras.layers.Layer:
    return layers.Embedding(11, 8, embeddings_initializer="normal", mask_zero=True)


def attend() -> keras.layers.Layer:
    return layers.MultiHeadAttention(2, 4)


def stack(*parts: keras.layers.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((None,), dtype="int32"), embed(), *parts])


def mean() -> keras.layers.Layer:
    return layers.GlobalAveragePooling1D()


def graph(build: Callable) -> keras.Model:
    """A functional model."""
    inputs = keras.Input((None,), dtype="int32", name="ids")
    return keras.Model(inputs, build(inputs))


class Subclassed(keras.Model):
    """Parts by name, and what to do with them."""

    def __init__(self, run: Callable, **parts: keras.layers.Layer) -> None:
        super().__init__()
        self.run, self.parts = run, list(parts)
        for name, part in parts.items():
            setattr(self, name, part)

    def call(self, inputs):
        return self.run(self, inputs)


def post_norm() -> keras.Model:
    """MultiHeadAttention takes the mask off its caller's tensor, so that Add finds none."""

    def run(model, ids):
        x = model.embed(ids)
        return model.pool(model.add([x, model.attend(x, x)]))

    return Subclassed(run, embed=embed(), attend=attend(), add=layers.Add(), pool=mean())


def pre_norm() -> keras.Model:
    def run(model, ids):
        x = model.embed(ids)
        normal = model.norm(x)
        return model.pool(model.add([x, model.attend(normal, normal)]))

    parts = {"embed": embed(), "norm": layers.LayerNormalization(), "attend": attend(), "add": layers.Add()}
    return Subclassed(run, **parts, pool=mean())


def operator() -> keras.Model:
    return Subclassed(lambda m, ids: m.pool(m.embed(ids) + 1.0), embed=embed(), pool=mean())


def raw_mean() -> keras.Model:
    return Subclassed(
        lambda m, ids: m.head(ops.mean(m.embed(ids), axis=1)), embed=embed(), head=layers.Dense(3)
    )


def two_recurrent(passed_on: bool) -> keras.Model:
    first, second = layers.SimpleRNN(4, return_sequences=True), layers.SimpleRNN(3)
    first.supports_masking = passed_on
    return Subclassed(
        lambda m, ids: m.second(m.first(m.embed(ids))), embed=embed(), first=first, second=second
    )


def forgetful() -> keras.Model:
    """As recurrent layers are from Keras 3.16: they use the mask and do not pass it on."""
    return two_recurrent(passed_on=False)


def remembering() -> keras.Model:
    """As recurrent layers were until Keras 3.15."""
    return two_recurrent(passed_on=True)


def reshaped() -> keras.Model:
    return stack(layers.Reshape((-1, 2, 4)), layers.Reshape((-1, 8)), mean())


def half_masked() -> keras.Model:
    """Concatenate takes an input without a mask for one that keeps everything."""

    def build(ids):
        return mean()(layers.Concatenate()([embed()(ids), layers.Embedding(11, 3)(ids)]))

    return graph(build)


def blind_attention() -> keras.Model:
    """Attention by hand, which knows of no mask."""

    def build(ids):
        x = embed()(ids)
        weights = ops.softmax(ops.einsum("bqd,bkd->bqk", x, x), axis=-1)
        return layers.Dense(3)(ops.einsum("bqk,bkd->bqd", weights, x))

    return graph(build)


def careful_attention() -> keras.Model:
    """Attention by hand, with a mask; scores at padding are hugely negative, as some like it."""

    def build(ids):
        x, kept = embed()(ids), ops.not_equal(ids, 0)
        scores = ops.where(kept[:, None, :], ops.einsum("bqd,bkd->bqk", x, x), -1e9)
        y = layers.Dense(3)(ops.einsum("bqk,bkd->bqd", ops.softmax(scores, axis=-1), x))
        return ops.where(kept[:, :, None], y, -1e9)

    return graph(build)


def explicit_ours() -> keras.Model:
    def build(ids):
        kept = ops.not_equal(ids, 0)
        x = layers.Embedding(11, 8)(ids)
        x = DilatedGatedConv1D(8, dilation_rate=2)(x, mask=kept)
        return AttentionPooling1D(4)(x, mask=kept)

    return graph(build)


def dotted() -> keras.Model:
    """Dot sums over positions, padding among them, and Keras does not warn."""

    def build(ids):
        x = embed()(ids)
        return layers.Dot(axes=1)([x, layers.Dense(3)(x)])

    return graph(build)


def post_norm_graph() -> keras.Model:
    """In a functional model masks are handed on as arguments, and nothing is lost."""

    def build(ids):
        x = embed()(ids)
        return mean()(layers.Add()([x, attend()(x, x)]))

    return graph(build)


TRAPS: dict[str, tuple[Callable[[], keras.Model], str]] = {
    "convolution": (lambda: stack(layers.Conv1D(4, 3, padding="same")), "Conv1D"),
    "separable convolution": (lambda: stack(layers.SeparableConv1D(4, 3, padding="same")), "SeparableConv1D"),
    "pooling": (lambda: stack(layers.AveragePooling1D(3, 1, padding="same")), "AveragePooling1D"),
    "maximum pooling": (lambda: stack(layers.MaxPooling1D(3, 1, padding="same")), "MaxPooling1D"),
    "depthwise convolution": (lambda: stack(layers.DepthwiseConv1D(3, padding="same")), "DepthwiseConv1D"),
    "transposed convolution": (
        lambda: stack(layers.Conv1DTranspose(4, 3, padding="same")),
        "Conv1DTranspose",
    ),
    "a function of the user's": (
        lambda: stack(layers.Lambda(lambda x: ops.mean(x, axis=1))),
        "Lambda",
    ),
    "Dot": (dotted, "Dot"),
    "global maximum": (lambda: stack(layers.GlobalMaxPooling1D()), "GlobalMaxPooling1D"),
    "group normalization": (lambda: stack(layers.GroupNormalization(2)), "GroupNormalization"),
    "post-norm, subclassed": (post_norm, "GlobalAveragePooling1D"),
    "an operator": (operator, "GlobalAveragePooling1D"),
    "an operator in a graph": (
        lambda: graph(lambda ids: mean()(embed()(ids) * 2.0)),
        "GlobalAveragePooling1D",
    ),
    "a mean by hand": (raw_mean, ""),
    "RMSNormalization": (lambda: stack(layers.RMSNormalization(), mean()), "GlobalAveragePooling1D"),
    "EinsumDense": (
        lambda: stack(layers.EinsumDense("abc,cd->abd", (None, 3)), mean()),
        "GlobalAveragePooling1D",
    ),
    "Reshape": (reshaped, "GlobalAveragePooling1D"),
    "recurrent layers of Keras 3.16": (forgetful, "SimpleRNN"),
    "Concatenate with one mask": (half_masked, "GlobalAveragePooling1D"),
    "attention by hand": (blind_attention, "Einsum"),
    "from right to left, mask lost": (
        lambda: stack(layers.RMSNormalization(), layers.SimpleRNN(3, go_backwards=True)),
        "SimpleRNN",
    ),
}
"""Each with the kind of the layer where padding gets in."""

GOOD: dict[str, Callable[[], keras.Model]] = {
    "a mean": lambda: stack(layers.Dense(5, "relu"), mean()),
    "embedding alone": lambda: stack(layers.Dense(3)),
    "causal convolutions": lambda: stack(
        layers.Conv1D(4, 3, padding="causal"),
        layers.RMSNormalization(),
        layers.Conv1D(4, 2, padding="causal"),
    ),
    "recurrent layers": remembering,
    "both directions": lambda: stack(layers.Bidirectional(layers.SimpleRNN(3))),
    "pre-norm, subclassed": pre_norm,
    "post-norm, functional": post_norm_graph,
    "attention by hand, with care": careful_attention,
    "ours, masks passed on explicitly": explicit_ours,
    "stock layers in Masked": lambda: stack(
        Masked(layers.Conv1D(8, 3, padding="same")),
        Masked(layers.GroupNormalization(2)),
        Masked(layers.Conv1D(4, 2, strides=2)),
        Masked(layers.GlobalMaxPooling1D()),
    ),
    "normalization": lambda: stack(layers.BatchNormalization(), layers.LayerNormalization(), mean()),
}


def settled(model: keras.Model) -> keras.Model:
    """The model with weights that are the same each time, biases and padding's vector among them."""
    if not model.built:
        model(np.ones((3, 7), "int32"))
    rng = np.random.default_rng(5)
    for weight in model.weights:
        if "float" in str(weight.dtype) and "variance" not in weight.path:
            weight.assign(rng.normal(0, 0.5, weight.shape))
    return model
