"""What the report says of each layer."""

import json

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay import masks
from maskplay.masks.audit import MaskReport, mask_report

from .models import (
    Subclassed,
    attend,
    embed,
    forgetful,
    graph,
    half_masked,
    mean,
    operator,
    post_norm,
    post_norm_graph,
    raw_mean,
    settled,
    stack,
)

pytestmark = pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask attached")

EACH = {
    "Dense": (lambda: layers.Dense(3), "forwards"),
    "LayerNormalization": (lambda: layers.LayerNormalization(), "forwards"),
    "BatchNormalization": (lambda: layers.BatchNormalization(), "uses and forwards"),
    "GroupNormalization": (lambda: layers.GroupNormalization(2), "ignores"),
    "RMSNormalization": (lambda: layers.RMSNormalization(), "drops"),
    "Conv1D": (lambda: layers.Conv1D(3, 3, padding="same"), "ignores"),
    "causal Conv1D": (lambda: layers.Conv1D(3, 3, padding="causal"), "drops"),
    "GlobalAveragePooling1D": (mean, "uses"),
    "GlobalMaxPooling1D": (lambda: layers.GlobalMaxPooling1D(), "ignores"),
    "LSTM": (lambda: layers.LSTM(3), "uses"),
    "EinsumDense": (lambda: layers.EinsumDense("abc,cd->abd", (None, 3)), "drops"),
}


@pytest.mark.parametrize("name", EACH)
def test_each_layer(name, ids):
    make, verdict = EACH[name]
    report = mask_report(settled(stack(make())), ids)
    first, second = report.layers
    assert (first.kind, first.verdict, first.mask_in, first.mask_out) == ("Embedding", "creates", False, True)
    assert (second.kind, second.verdict, second.mask_in) == (name.removeprefix("causal "), verdict, True)
    assert second.leaks is (verdict == "ignores")
    assert report.ok is (verdict != "ignores")
    assert second.uses is verdict.startswith("uses")


def verdicts(report: MaskReport) -> dict[str, str]:
    return {layer.kind: layer.verdict for layer in report.layers}


def test_the_residual_around_attention_in_a_subclassed_model(ids):
    """Who took the mask, who then lost it, and where padding gets in."""
    report = mask_report(settled(post_norm()), ids)
    assert verdicts(report) == {
        "Embedding": "creates",
        "MultiHeadAttention": "uses and forwards",
        "Add": "drops",
        "GlobalAveragePooling1D": "no mask",
    }
    attention, add, pool = report.layers[1:]
    assert "takes the mask off its caller's tensors" in attention.why
    assert f"one of its inputs came without: {attention.path!r} took it off the tensor" in add.why
    assert pool.why == f"gets no mask: {add.path!r} dropped it; lets padding into what is kept"
    assert report.problems == (pool,)


def test_the_same_in_a_functional_model_is_right(ids):
    report = mask_report(settled(post_norm_graph()), ids)
    assert verdicts(report)["Add"] == "forwards"
    assert verdicts(report)["GlobalAveragePooling1D"] == "uses"
    assert report.ok


def test_operations_outside_of_layers(ids):
    report = mask_report(settled(operator()), ids)
    (pool,) = report.problems
    assert "gets no mask: an operation outside of layers dropped it" in pool.why
    report = mask_report(settled(raw_mean()), ids)
    (outside,) = report.problems
    assert outside.path.startswith("(operations) before ")
    at_end = Subclassed(lambda m, x: ops.mean(m.embed(x), axis=1), embed=embed())
    (outside,) = mask_report(settled(at_end), ids).problems
    assert outside.path == "(operations)"


def test_operations_in_a_graph(ids):
    report = mask_report(settled(graph(lambda x: mean()(embed()(x) * 2.0))), ids)
    assert [layer.kind for layer in report.layers] == ["Embedding", "Multiply", "GlobalAveragePooling1D"]
    assert report.layers[1].verdict == "drops"
    assert "operations carry no masks" in report.layers[1].why
    assert report.layers[2].why.startswith("gets no mask: 'multiply")


def test_operations_that_make_a_mask_are_no_data(ids):
    """The shift within `prefix` changes with what stands at padding, the model does not."""
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in ("ids", "segments")}
    seen = masks.prefix(inputs["segments"]) & masks.padding(inputs["ids"] != 0)
    x = embed()(inputs["ids"])
    given = {"ids": ids, "segments": np.tile(np.int32([0, 0, 1, 1, 1, 1, 1]), (3, 1))}
    attended = attend()(x, x, attention_mask=seen.dense())
    report = mask_report(settled(keras.Model(inputs, mean()(attended))), given)
    assert "Pad" in verdicts(report)
    assert report.ok, str(report)
    leaking = keras.Model(inputs, ops.mean(ops.pad(x, ((0, 0), (1, 0), (0, 0)))[:, :-1], axis=1))
    (problem,) = mask_report(settled(leaking), given).problems
    assert problem.kind == "Mean"


def test_a_mask_that_keeps_too_much(ids):
    report = mask_report(settled(half_masked()), ids)
    assert verdicts(report)["Concatenate"] == "widens"
    assert verdicts(report)["GlobalAveragePooling1D"] == "ignores"


def test_recurrent_layers_of_newer_keras(ids):
    report = mask_report(settled(forgetful()), ids)
    assert [layer.verdict for layer in report.layers] == ["creates", "uses, then drops", "no mask"]
    assert report.problems == report.layers[2:]


class Block(layers.Layer):
    """A layer of one's own that passes masks on, and pools inside without."""

    def __init__(self, careless: bool, **kwargs) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.attend, self.pool = attend(), layers.GlobalMaxPooling1D(keepdims=True)
        self.careless = careless

    def call(self, x):
        y = self.attend(x, x)
        return y + self.pool(y) if self.careless else y


@pytest.mark.parametrize("careless", [True, False])
def test_layers_of_ones_own_are_opened_where_they_let_padding_in(careless, ids):
    report = mask_report(
        settled(Subclassed(lambda m, x: m.block(m.embed(x)), embed=embed(), block=Block(careless))), ids
    )
    kinds = [layer.kind for layer in report.layers]
    assert kinds == [
        "Embedding",
        "Block",
        *(["MultiHeadAttention", "GlobalMaxPooling1D"] if careless else []),
    ]
    assert [layer.kind for layer in report.problems] == (["Block", "GlobalMaxPooling1D"] if careless else [])
    if careless:
        assert report.layers[-1].path == f"{report.layers[1].path}/{report.layers[-1].path.split('/')[-1]}"


def test_models_within_models(ids):
    inner = keras.Sequential(
        [keras.Input((None, 8)), layers.Conv1D(8, 3, padding="same", name="inside")], name="inner"
    )
    report = mask_report(settled(stack(inner, mean())), ids)
    assert report.problems[0].path == "inner/inside"


def test_an_output_without_a_mask_is_noted(ids):
    report = mask_report(settled(stack(layers.RMSNormalization())), ids)
    assert report.outputs == {"output": False}
    (note,) = report.notes
    assert "has positions and carries no mask ('rms_normalization" in note
    assert "a loss counts its padding" in note
    assert mask_report(settled(stack(layers.Dense(3))), ids).notes == ()


def test_a_model_without_a_mask_is_told(floats):
    inputs = keras.Input((None, 3))
    report = mask_report(keras.Model(inputs, layers.Dense(2)(inputs)), floats)
    assert not report.ok
    assert report.notes == (
        "Nothing tells this model what padding is: no ids, no mask among its inputs, no Masking.",
    )
    assert report.layers[0].leaks is None


def test_masks_as_inputs(floats):
    mask = np.array([[True] * 5, [True, True, False, False, False]])
    inputs = {"x": keras.Input((None, 3), name="x"), "mask": keras.Input((None,), dtype="bool", name="mask")}
    read = layers.SimpleRNN(2, return_sequences=True)(inputs["x"], mask=inputs["mask"])
    good = mask_report(keras.Model(inputs, mean()(read, mask=inputs["mask"])), {"x": floats, "mask": mask})
    assert good.ok
    assert [layer.verdict for layer in good.layers] == ["uses and forwards", "uses"]
    careless = layers.GlobalMaxPooling1D()(layers.Dense(2)(inputs["x"]))
    bad = mask_report(keras.Model(inputs, [careless, read]), {"x": floats, "mask": mask})
    assert bad.problems[-1].kind == "GlobalMaxPooling1D"


def test_it_prints_and_becomes_json(ids):
    report = mask_report(settled(stack(layers.GlobalMaxPooling1D())), ids)
    text = str(report)
    assert text.splitlines()[0] == f"Masks in {report.model}"
    assert "GlobalMaxPooling1D   yes   -     ignores" in text
    told = json.loads(json.dumps(report.to_dict()))
    assert told["ok"] is False
    assert told["layers"][0]["verdict"] == "creates"
    assert told["tried"][0] == "With 5 more positions of padding on the right"


def test_bad_input_is_told(ids):
    with pytest.raises(TypeError, match=r"mask_report needs a Keras model. Received: Dense"):
        mask_report(layers.Dense(2), ids)
    with pytest.raises(ValueError, match=r"This model does not tell what its inputs look like"):
        mask_report(operator())
