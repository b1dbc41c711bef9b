"""What `ReaderNetwork` promises, of both networks."""

import json

import numpy as np
import pytest

from maskplay.models import CHANNELS

from .conftest import CONFIGS, ask, encode, inputs

# Prime sizes: 3 passages of 23 characters, 5 pairs with questions of 11.
PASSAGES, QUESTIONS, ROW = [23, 19, 7], [11, 5, 7, 2, 11], [2, 0, 1, 0, 2]
ROUNDING = {"rtol": 1e-4, "atol": 1e-4}  # a leak changes scores by 0.01 at least, see below


@pytest.fixture
def x():
    return inputs(PASSAGES, QUESTIONS, ROW, 23, 11)


def test_shapes(network, x):
    encoded = encode(network, x)
    for name, array in encoded.items():
        assert array.shape[0] == {"passage": 3, "question": 5}[name.partition("_")[0]]
        assert array.shape[1] == 23 or not name.startswith("passage")
    scores = network.asker.predict_on_batch({**x, **encoded})
    assert scores.shape == (5, 23, len(CHANNELS))
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_padding_has_scores_of_zero_and_nothing_else_has(network, x):
    scores, kept = ask(network, x), x["passage_characters"][x["row"]] != 0
    assert (scores[~kept] == 0).all()
    assert (scores[kept] != 0).all()


def test_the_trainer_is_the_composition(network, x):
    np.testing.assert_allclose(network.trainer.predict_on_batch(x), ask(network, x), **ROUNDING)


def test_a_pair_alone_with_more_padding_equals_the_batch(network, x):
    together = ask(network, x)
    for pair, row in enumerate(ROW):
        alone = {name: array[pair : pair + 1] for name, array in x.items() if name.startswith("question")}
        alone |= {name: array[row : row + 1] for name, array in x.items() if name.startswith("passage")}
        alone = {name: np.pad(array, ((0, 0), (0, 6))) for name, array in alone.items()}
        scores = ask(network, {**alone, "row": np.zeros(1, np.int32)})
        np.testing.assert_allclose(scores[0, :23], together[pair], **ROUNDING)


def test_what_stands_in_padding_changes_nothing(network, x):
    encoded = encode(network, x)
    before = network.asker.predict_on_batch({**x, **encoded})
    padding = {of: x[f"{of}_characters"] == 0 for of in ("passage", "question")}
    changed = {
        name: np.where(padding[name.partition("_")[0]][:, :, None], 1e3, array).astype(np.float32)
        if array.ndim == 3 and name != "question_weights"  # those are 0 at padding
        else array
        for name, array in encoded.items()
    }
    words = np.where(padding["passage"], 7, x["passage_words"])
    question_words = np.where(padding["question"], 9, x["question_words"])
    after = network.asker.predict_on_batch(
        {**x, **changed, "passage_words": words, "question_words": question_words}
    )
    np.testing.assert_array_equal(after, before)
    recoded = encode(network, {**x, "passage_words": words, "question_words": question_words})
    for name, array in encoded.items():
        kept = ~padding[name.partition("_")[0]] if array.ndim == 3 else slice(None)
        np.testing.assert_array_equal(recoded[name][kept], array[kept])


def test_row_says_whose_passage_is_asked(network, x):
    """The same question asked of every passage, by rows in another order."""
    x["question_characters"][:] = x["question_characters"][0]
    x["question_words"][:] = x["question_words"][0]
    x["row"] = np.array([0, 1, 2, 2, 0], np.int32)
    scores = ask(network, x)
    np.testing.assert_allclose(scores[2], scores[3], **ROUNDING)
    np.testing.assert_allclose(scores[0], scores[4], **ROUNDING)
    assert np.abs(scores[0] - scores[1]).max() > 1e-2
    assert np.abs(scores[1, :7] - scores[2, :7]).max() > 1e-2


def test_the_question_and_the_words_matter(network, x):
    before = ask(network, x)
    for name, count in (("question_characters", 40), ("passage_words", 20), ("passage_characters", 40)):
        changed = np.where(x[name] > 0, x[name] % (count - 1) + 1, 0).astype(np.int32)
        assert np.abs(ask(network, {**x, name: changed}) - before).max() > 1e-2, name


def test_a_question_of_padding_alone_gives_finite_scores(network, x):
    x["question_characters"][:] = x["question_words"][:] = 0
    assert np.isfinite(ask(network, x)).all()


@pytest.mark.parametrize("changed", ["passage_characters", "passage_words"])
def test_the_radius_is_exact(network, x, changed):
    """A character changes scores at the distance of the radius, and none beyond it, to the last bit."""
    radius, middle = network.radius, 11
    assert radius <= 7
    before = ask(network, x)
    x[changed] = x[changed].copy()
    x[changed][0, middle] = x[changed][0, middle] % 19 + 1
    moved = (ask(network, x) != before)[1].any(axis=-1)
    assert moved[[middle - radius, middle + radius]].all()
    assert not moved[: middle - radius].any()
    assert not moved[middle + radius + 1 :].any()


def test_every_layer_is_built(network):
    """Else Keras would run the model twice at every call, once without compilation."""
    parts = (network.passage_encoder, network.question_encoder, network.asker)
    for model in (*(part.model for part in parts), network.trainer):
        assert all(layer.built for layer in model._flatten_layers())


def test_word_vectors_are_frozen_and_no_other_weight_is(network):
    (frozen,) = network.trainer.non_trainable_weights
    assert frozen.path == "embed/words/embeddings"
    assert frozen.shape == (20, 5)
    assert all("words/embeddings" not in v.path for v in network.trainer.trainable_weights)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_network_built_again_has_the_same_weights_by_name(built, name, tmp_path):
    """Whatever was built before, paths and shapes are those that the configuration tells."""
    old, new = built[name].trainer, CONFIGS[name].build().trainer
    found = {v.path: tuple(v.shape) for v in new.trainable_variables}
    assert found == CONFIGS[name].weight_shapes()
    assert len(found) == len(new.trainable_variables)
    old.save_weights(tmp_path / "reader.weights.h5")
    new.load_weights(tmp_path / "reader.weights.h5")
    for one, other in zip(old.weights, new.weights, strict=True):
        assert one.path == other.path
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


@pytest.mark.parametrize("name", CONFIGS)
def test_a_configuration_survives_json(name):
    stored = json.loads(json.dumps(CONFIGS[name].to_dict()))
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in stored.items()}
    assert type(CONFIGS[name])(**values) == CONFIGS[name]
