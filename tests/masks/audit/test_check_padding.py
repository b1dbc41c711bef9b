"""Padding: what changes is found, what does not is left alone."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.masks.audit import (
    PaddingError,
    assert_padding_invariant,
    check_padding,
    example_inputs,
    mask_report,
)

from .models import GOOD, TRAPS, Subclassed, embed, settled, stack

# Keras says so of the traps, where it notices.
pytestmark = pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask attached")


@pytest.mark.parametrize("name", TRAPS)
def test_every_trap_is_found_and_its_layer_named(name, ids):
    make, culprit = TRAPS[name]
    model = settled(make())
    with pytest.raises(PaddingError, match=r"Padding changes what the model says of the rest"):
        check_padding(model, ids, amounts=(3,))
    report = mask_report(model, ids)
    assert not report.ok
    assert report.problems[0].kind == culprit


@pytest.mark.parametrize("name", GOOD)
def test_good_models_pass(name, ids):
    model = settled(GOOD[name]())
    assert check_padding(model, ids, amounts=(3,)).largest < 1e-5
    report = mask_report(model, ids)
    assert report.ok, str(report)


def numbers(x):
    """Floats of ids, `(batch, length, 1)`."""
    return ops.cast(x, "float32")[:, :, None]


def test_what_changes_is_told(ids):
    """The mean over all positions, by hand: padding divides the sum of row 2 by 7 instead of 2."""

    def model(x):
        return {"total": ops.sum(numbers(x), axis=1), "mean": ops.mean(numbers(x), axis=1)}

    with pytest.raises(PaddingError) as caught:
        check_padding(model, ids, amounts=(7,))
    longer, alone = caught.value.changes
    assert (longer.output, longer.places, longer.of, longer.position) == ("mean", 3, 3, None)
    assert longer.because == "With 7 more positions of padding on the right"
    assert longer.before == pytest.approx(2 * longer.after, rel=1e-5)
    assert (alone.row, alone.because) == (2, "With row 2 alone and without its 5 positions of padding")
    assert alone.after == pytest.approx(alone.before * 7 / 2, rel=1e-5)
    assert "output 'mean' changes at 1 of 1 rows, most at row 2, from " in str(caught.value)


def test_the_position_is_told(ids):
    """Each position gets its right neighbour, so that the last one of a full row gets what comes after it."""

    def model(x):
        return ops.concatenate([numbers(x)[:, 1:], ops.full((len(x), 1, 1), 4.0)], axis=1)

    with pytest.raises(PaddingError) as caught:
        check_padding(model, ids, amounts=(2,))
    longer = caught.value.changes[0]
    assert (longer.row, longer.position, longer.before, longer.after) == (0, 6, 4.0, 0.0)
    assert (longer.places, longer.of) == (1, 14)


def test_content_counts_where_a_mask_is_an_input(floats):
    mask = np.array([[True] * 5, [True, True, False, False, False]])

    def good(inputs):
        return ops.sum(ops.where(inputs["mask"][:, :, None], inputs["x"], 0.0), axis=1)

    def bad(inputs):
        return ops.sum(inputs["x"] * 1.0, axis=1)

    inputs = {"x": floats, "mask": mask}
    proof = check_padding(good, inputs)
    assert proof.tried[0] == "With other content at the padding of 'x'"
    assert proof.calls == 7  # twice as it is, twice with other content, twice with more, once alone
    with pytest.raises(PaddingError, match=r"other content at the padding of 'x'"):
        check_padding(bad, inputs, amounts=())
    # Integers, and a name of one's own.
    check_padding(
        lambda x: good({"x": x["x"], "mask": x["seen"] == 1}),
        {"x": floats, "seen": mask.astype(int)},
        mask_input="seen",
    )


def test_inputs_beside_the_sequence(ids):
    words = np.random.default_rng(0).integers(1, 5, ids.shape)

    def careless(inputs):
        return ops.sum(numbers(inputs["words"]), axis=1)

    with pytest.raises(PaddingError, match=r"other content at the padding of 'words'"):
        check_padding(careless, {"ids": ids, "words": words})

    def careful(inputs):
        kept = ops.not_equal(inputs["ids"], 0)[:, :, None]
        return ops.sum(ops.where(kept, numbers(inputs["words"]), 0.0), axis=1)

    assert_padding_invariant(careful, {"ids": ids, "words": words})


def test_padding_on_the_left(ids):
    flipped = ids[:, ::-1]
    backwards = stack(layers.SimpleRNN(3))
    proof = check_padding(settled(backwards), flipped, amounts=(3,))
    assert proof.tried[0] == "With 3 more positions of padding on the left"
    with pytest.raises(AssertionError, match=r"on the left"):
        assert_padding_invariant(lambda x: ops.cumsum(ops.ones_like(numbers(x)), axis=1), flipped)


def test_masking_layers_and_their_value(floats):
    floats[1, 2:] = -9.0
    model = keras.Sequential([keras.Input((None, 3)), layers.Masking(-9.0), layers.SimpleRNN(2)])
    assert check_padding(model, floats, amounts=(2,)).tried[0].startswith("With 2 more")
    model = keras.Sequential([keras.Input((None, 3)), layers.Masking(0.0), layers.SimpleRNN(2)])
    with pytest.raises(PaddingError):
        check_padding(model, floats, padding_mask=floats[:, :, 0] != -9.0, amounts=(2,))


def test_outputs_by_name_and_kept_by_the_caller(ids):
    outputs = {"good": lambda x: ops.sum(numbers(x), axis=1), "bad": lambda x: ops.mean(numbers(x), axis=1)}

    def model(x):
        return {name: function(x) for name, function in outputs.items()}

    check_padding(model, ids, output="good")
    with pytest.raises(
        ValueError, match=r"output must name one of \['bad', 'good'\]. Received: output='none'"
    ):
        check_padding(model, ids, output="none")

    def doubled(x):  # rows of its own: each twice
        return ops.concatenate([numbers(x), numbers(x) + 1], axis=0)

    kept = np.concatenate([ids != 0, ids != 0])
    check_padding(doubled, ids, kept=kept, amounts=(2,))
    with pytest.raises(ValueError, match=r"Which positions of output 'output' are padding is not known"):
        check_padding(doubled, ids, amounts=(2,))
    with pytest.raises(ValueError, match=r"kept must have the shape \(rows, positions\) of an output"):
        check_padding(doubled, ids, kept=kept[:2])


def test_a_model_of_one_length(ids):
    inputs = keras.Input((7,), dtype="int32")
    model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(layers.Embedding(11, 4)(inputs))))
    with pytest.raises(
        ValueError, match=r"There is no padding that could be changed: the model takes one length"
    ):
        check_padding(model, ids)
    report = mask_report(model, ids)
    assert not report.ok
    assert report.notes[0].startswith("The model takes one length only")


def test_a_longer_input_that_the_model_refuses_is_told(ids):
    """Rows as long as the table of positions: they can be tried alone, and with other content, but not longer."""

    class OutOfPlaces(Exception):
        """Any class: models have no common one."""

    def tabled(inputs):
        if inputs["ids"].shape[1] > 8:
            raise OutOfPlaces("\x1b[1mThere are\n\n8 places.\x1b[0m" + " Dear me." * 99)
        return ops.where(inputs["ids"][:, :, None] != 0, numbers(inputs["words"]), 0.0)

    inputs = {"ids": ids, "words": np.where(ids != 0, 3, 4)}
    proof = check_padding(tabled, inputs)
    assert proof.tried == (
        "With other content at the padding of 'words'",
        "With 1 more position of padding on the right",
        "With row 2 alone and without its 5 positions of padding",
    )
    (refused,) = proof.refused
    assert refused.startswith(
        "Refused by the model: With 5 more positions of padding on the right (OutOfPlaces: There are 8 places. Dear me."
    )
    assert len(refused) < 400
    assert proof.to_dict()["refused"] == [refused]

    with pytest.raises(PaddingError, match=r"rows, most at row 2(.|\n)*\nRefused by the model: With 5 more"):
        check_padding(lambda x: ops.mean(tabled(x), axis=1), inputs)
    with pytest.raises(
        ValueError, match=r"There is no padding that could be changed.*\nRefused by the model"
    ):
        check_padding(tabled, {"ids": np.maximum(ids, 1), "words": ids}, amounts=(2, 3))


def test_nothing_passes_that_was_not_checked(ids):
    model = lambda x: numbers(x["tokens"])  # noqa: E731
    segments = np.zeros_like(ids)
    # Named before the sequence, and all of its content is that of padding.
    proof = check_padding(model, {"segments": segments, "tokens": ids}, amounts=(2,))
    assert proof.tried[0] == "With 2 more positions of padding on the right"
    with pytest.raises(ValueError, match=r"There is no padding that could be changed"):
        check_padding(model, {"segments": segments, "tokens": ids}, amounts=())
    with pytest.raises(ValueError, match=r"Something must be kept.*Received: 'segments' is all padding"):
        check_padding(model, {"segments": segments, "tokens": ids}, input="segments")


def test_an_error_at_the_same_length_is_no_matter_of_length(ids):
    def moody(inputs):
        if (np.asarray(inputs["words"]) != np.asarray(inputs["ids"])).any():
            raise RuntimeError("another word")
        return numbers(inputs["words"])

    with pytest.raises(RuntimeError, match=r"another word"):
        check_padding(moody, {"ids": ids, "words": ids})


def test_bad_input_is_told(ids, floats):
    model = lambda x: ops.sum(x, axis=1)  # noqa: E731
    with pytest.raises(ValueError, match=r"Nothing tells where the padding of 'input' is"):
        check_padding(model, floats)
    with pytest.raises(TypeError, match=r"padding_mask must be boolean, True = keep. Received: float64"):
        check_padding(model, floats, padding_mask=np.ones((2, 5)))
    with pytest.raises(
        ValueError, match=r"padding_mask must have the shape .* = \(2, 5\) .* Received: \(2, 6\)"
    ):
        check_padding(model, floats, padding_mask=np.ones((2, 6), bool))
    with pytest.raises(
        ValueError, match=r"The mask input must have the shape .* \(2, 5\).*'m' of shape \(2, 4\)"
    ):
        check_padding(model, {"x": floats, "m": np.ones((2, 4), bool)}, mask_input="m")
    with pytest.raises(
        TypeError, match=r"The mask input 'm' must be boolean, or 0 and 1. Received: int32 from 3"
    ):
        check_padding(model, {"x": floats, "m": np.full((2, 5), 3)}, mask_input="m")
    with pytest.raises(ValueError, match=r"mask_input must name one of"):
        check_padding(model, {"x": floats}, mask_input="m")
    with pytest.raises(TypeError, match=r"inputs must be numbers or booleans. Received: words of type <U1"):
        check_padding(model, {"words": np.array(["a"])})
    with pytest.raises(TypeError, match=r"model must be a Keras model, or a function"):
        check_padding("model", ids)
    with pytest.raises(ValueError, match=r"amounts must be at least 1. Received: 0"):
        check_padding(model, ids, amounts=(amount for amount in (5, 0)))
    with pytest.raises(TypeError, match=r"amounts must be several: pass \[amount\] for one. Received: 3"):
        check_padding(model, ids, amounts=3)
    with pytest.raises(
        ValueError, match=r"kept must be True where the outputs count. Received: False everywhere"
    ):
        check_padding(lambda ids: ids * 2, ids, kept=np.zeros(ids.shape, bool))
    with pytest.raises(ValueError, match=r"tolerance is a relative change between 0 and 1"):
        check_padding(lambda x: numbers(x), ids, tolerance=-1)
    with pytest.raises(
        ValueError, match=r"output 'output' is NaN at \(0, 0, 0\) \(row, position, ...\) for the inputs"
    ):
        check_padding(lambda x: numbers(x) * float("nan"), ids)
    assert check_padding(lambda x: ops.where(numbers(x) > 0, numbers(x), float("nan")), ids).largest == 0


def test_random_layers_are_told(ids):
    model = stack(layers.Dropout(0.5), layers.Dense(3))
    forced = lambda x: model(x, training=True)  # noqa: E731
    with pytest.raises(ValueError, match=r"must give the same outputs for the same inputs.*dropout"):
        check_padding(forced, ids)


def test_made_up_inputs():
    model = settled(stack(layers.GlobalMaxPooling1D()))
    with pytest.raises(PaddingError):
        check_padding(model)
    made = example_inputs(model, padded=True)
    assert made.shape == (3, 7)
    assert [int((row != 0).sum()) for row in made] == [7, 5, 3]
    with pytest.raises(ValueError, match=r"This model does not tell what its inputs look like"):
        check_padding(lambda x: x)
    nothing = keras.Input((None,), dtype="int32", name="n")
    with pytest.raises(ValueError, match=r"What integers the input 'n' may hold is not known"):
        example_inputs(keras.Model(nothing, ops.one_hot(nothing, 5)))


def test_made_up_inputs_of_many_kinds():
    inner = keras.Input((None,), dtype="int32", name="inner")
    encoder = keras.Model(inner, layers.Embedding(5, 4)(inner))
    inputs = {
        "ids": keras.Input((None,), dtype="int32", name="ids"),
        "segments": keras.Input((None,), dtype="int32", name="segments"),
        "padding_mask": keras.Input((None,), dtype="bool", name="padding_mask"),
        "features": keras.Input((None, 3), name="features"),
        "age": keras.Input((2,), name="age"),
    }
    x = encoder(inputs["ids"]) + layers.Embedding(2, 4)(inputs["segments"])
    x = ops.where(inputs["padding_mask"][:, :, None], x, 0.0)
    outputs = ops.sum(x, axis=1) + layers.Dense(4)(inputs["age"])
    model = keras.Model(inputs, [outputs, layers.Dense(2)(inputs["features"])])
    made = example_inputs(model, padded=True)
    assert {name: x.shape for name, x in made.items()} == {
        "ids": (3, 7),
        "segments": (3, 7),
        "padding_mask": (3, 7),
        "features": (3, 7, 3),
        "age": (3, 2),
    }
    assert made["ids"].max() < 5
    assert set(np.unique(made["segments"])) <= {0, 1}
    assert made["padding_mask"].sum(axis=1).tolist() == [7, 5, 3]


def test_nothing_is_left_changed(ids):
    """The report stands in for methods of Keras while it runs, and takes its stand-ins away."""
    before = (keras.layers.Layer.__call__, keras.Operation.__call__)
    mask_report(stack(layers.Dense(2)), ids)

    def refuse(model, inputs):
        if model.armed:
            raise RuntimeError("enough")
        return model.embed(inputs)

    model = Subclassed(refuse, embed=embed())
    model.armed = False
    model(ids)
    model.armed = True
    with pytest.raises(RuntimeError, match=r"enough"):
        mask_report(model, ids)
    assert (keras.layers.Layer.__call__, keras.Operation.__call__) == before
