"""One Transformer under every mask: against an oracle, compiled, trained, saved."""

import json
import math
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import ops

from maskplay import masks
from maskplay.layers import _activation, check_layer
from maskplay.models import TransformerConfig
from maskplay.models.transformer_config import ACTIVATIONS

from .random_networks import made
from .transformer_oracle import dense, encoder, gelu, norm

LENGTH = 11
BASE = TransformerConfig(
    vocabulary_size=23, width=30, depth=3, heads=5, hidden=7, max_positions=13, segments=3, dropout=0.0,
    attention_dropout=0.0,
)  # fmt: skip
KINDS = {
    "bert": BASE,
    "pre-norm": replace(BASE, norm="pre"),
    "albert": replace(BASE, family="albert", groups=1, embedding_width=13),
    "two groups": replace(BASE, family="albert", groups=2, embedding_width=13),
    "electra": replace(BASE, family="electra", embedding_width=7),
    "roformer": replace(BASE, family="roformer", positions="rotary"),
    "values rotated": replace(BASE, family="roformer", positions="rotary", rotate_values=True),
    "nezha": replace(BASE, family="nezha", positions="relative", max_distance=3),
}
RNG = np.random.default_rng(11)
TOKENS = RNG.integers(1, 23, (2, LENGTH)).astype("int32")
TOKENS[1, 6:] = 0
SEGMENTS = np.sort(RNG.integers(0, 2, (2, LENGTH)).astype("int32"), axis=1)
PADDING = masks.padding(TOKENS != 0)
ORDER = RNG.permutation(LENGTH)
MASKS = {
    "padding": PADDING,
    "language model": masks.causal(LENGTH) & PADDING,
    "prefix": masks.prefix(SEGMENTS) & PADDING,
    "permutation": masks.permutation(ORDER) & PADDING,
    "packed": masks.packed(np.arange(LENGTH) // 4) & masks.causal(LENGTH),
    "somebody sees nothing": masks.sliding_window(LENGTH, 2) & ~masks.padding(np.arange(LENGTH) > 4),
}


def weights_of(network):
    return {w.path.split("/", 1)[1]: ops.convert_to_numpy(w.value) for w in network.weights}


@pytest.fixture(scope="module")
def networks():
    return {name: made(config) for name, config in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_is_the_oracles(networks, kind):
    network = networks[kind]
    found = network.hidden_states(TOKENS, SEGMENTS)
    for row in range(2):
        seen = np.broadcast_to(TOKENS[row] != 0, (LENGTH, LENGTH))
        wanted = encoder(KINDS[kind], weights_of(network), TOKENS[row], SEGMENTS[row], seen)
        for mine, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(ops.convert_to_numpy(mine[row]), other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("kind", ["bert", "nezha"])
def test_any_mask(networks, kind, name):
    found = ops.convert_to_numpy(networks[kind](TOKENS, SEGMENTS, mask=MASKS[name]))
    dense_mask = np.broadcast_to(MASKS[name].numpy(), (2, LENGTH, LENGTH))
    for row in range(2):
        wanted = encoder(KINDS[kind], weights_of(networks[kind]), TOKENS[row], SEGMENTS[row], dense_mask[row])
        np.testing.assert_allclose(found[row], wanted[-1], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["bert", "roformer", "nezha"])
def test_packed_rows_count_anew(networks, kind):
    """Two documents in one row say what each says alone."""
    first, second = TOKENS[0, :4], TOKENS[0, 4:9]
    row = np.concatenate([first, second])[None]
    positions = np.array([[0, 1, 2, 3, 0, 1, 2, 3, 4]], "int32")
    seen = masks.packed([1, 1, 1, 1, 2, 2, 2, 2, 2])
    together = ops.convert_to_numpy(networks[kind](row, positions=positions, mask=seen))[0]
    alone = [ops.convert_to_numpy(networks[kind](part[None]))[0] for part in (first, second)]
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-5, atol=1e-5)


def test_the_mask_is_lowered_once(networks, monkeypatch):
    from maskplay.masks import AttentionMask

    calls = []
    lower = AttentionMask.lower
    monkeypatch.setattr(AttentionMask, "lower", lambda mask, *a: calls.append(mask) or lower(mask, *a))
    networks["bert"](TOKENS, mask=MASKS["prefix"])
    assert len(calls) == 1


def _prefix(x):
    return masks.prefix(x["segments"]) & masks.padding(x["tokens"] != 0)


def test_a_functional_model_carries_its_mask(networks, tmp_path):
    model = BASE.build(_prefix)
    model.get_layer("transformer").set_weights(networks["bert"].get_weights())
    x = {"tokens": TOKENS, "segments": SEGMENTS}
    wanted = ops.convert_to_numpy(networks["bert"](TOKENS, SEGMENTS, mask=MASKS["prefix"]))
    np.testing.assert_allclose(model.predict(x, verbose=0), wanted, rtol=1e-5, atol=1e-5)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")  # in safe mode
    np.testing.assert_allclose(loaded.predict(x, verbose=0), wanted, rtol=1e-5, atol=1e-5)
    longer = {name: np.pad(array, ((0, 0), (0, 2))) for name, array in x.items()}
    found = loaded.predict(longer, verbose=0)[:, :LENGTH]
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_ranks_and_documents_make_every_mask_in_one_model(networks):
    """What a mixture of objectives needs: the mask is data."""
    model = BASE.build(
        lambda x: masks.ranked(x["ranks"]) & masks.packed(x["documents"]),
        inputs=("tokens", "ranks", "documents"),
    )
    model.get_layer("transformer").set_weights(networks["bert"].get_weights())
    ranks = np.stack([np.arange(LENGTH), np.argsort(ORDER)]).astype("int32")
    documents = np.array([np.arange(LENGTH) // 4, np.zeros(LENGTH)], "int32")
    found = model.predict({"tokens": TOKENS, "ranks": ranks, "documents": documents}, verbose=0)
    parts = [(TOKENS[:1], MASKS["packed"]), (TOKENS[1:], masks.permutation(ORDER))]
    wanted = [ops.convert_to_numpy(networks["bert"](tokens, mask=seen)) for tokens, seen in parts]
    np.testing.assert_allclose(found, np.concatenate(wanted), rtol=1e-5, atol=1e-5)


def test_fit_drops_weights_and_predict_does_not():
    config = replace(BASE, depth=1, head="masked_lm", attention_dropout=0.5, dropout=0.1)
    model = config.build(_prefix)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0))
    x = {"tokens": TOKENS, "segments": SEGMENTS}
    first = model.fit(x, TOKENS, epochs=12, verbose=0).history["loss"]
    assert np.isfinite(first).all()
    assert first[-1] < first[0]
    np.testing.assert_array_equal(model.predict(x, verbose=0), model.predict(x, verbose=0))
    network = model.get_layer("transformer")
    one, other = (ops.convert_to_numpy(network(TOKENS, training=True)) for _ in range(2))
    assert (one != other).any()


def test_training_without_dropout_is_inference(networks):
    found = networks["bert"](TOKENS, SEGMENTS, mask=MASKS["prefix"], training=True)
    wanted = networks["bert"](TOKENS, SEGMENTS, mask=MASKS["prefix"])
    np.testing.assert_array_equal(ops.convert_to_numpy(found), ops.convert_to_numpy(wanted))


HEADS = {
    "masked_lm": (2, LENGTH, 23),
    "span": (2, LENGTH, 2),
    "token": (2, LENGTH, 4),
    "classification": (2, 4),
    "pooled": (2, 30),
}


@pytest.mark.parametrize("head", HEADS)
def test_heads(head):
    network = made(replace(BASE, head=head, labels=4, depth=1))
    found = network(TOKENS, SEGMENTS)
    assert found.shape == HEADS[head]
    assert (getattr(found, "_keras_mask", None) is not None) == (len(HEADS[head]) == 3)
    w = weights_of(network)
    states = encoder(network.config, w, TOKENS[0], SEGMENTS[0], np.ones((LENGTH, LENGTH), bool))[-1]
    if head == "masked_lm":
        x = norm(w, "transform_norm", gelu(dense(w, "transform", states)))
        wanted = x @ w["tokens/embeddings"].T + w["token_bias/bias"]
    elif head in ("span", "token"):
        wanted = dense(w, "head", states)
    else:
        wanted = np.tanh(dense(w, "pooler", states[0]))
        wanted = dense(w, "head", wanted) if head == "classification" else wanted
    np.testing.assert_allclose(ops.convert_to_numpy(found)[0], wanted, rtol=1e-5, atol=1e-5)


def test_conforms():
    config = replace(BASE, depth=1, width=5, heads=5, max_positions=20).to_dict()
    from maskplay.models.transformer import Transformer

    check_layer(Transformer(config), TOKENS[:, :7] + 1, mask=np.arange(7) < np.array([[7], [4]]))


def test_too_long_an_input_is_refused(networks):
    with pytest.raises(ValueError, match=r"at most, as many as the table of positions has\. Received: 14"):
        networks["bert"](np.ones((1, 14), "int32"))
    with pytest.raises(ValueError, match="Received: 14"):
        networks["roformer"](np.ones((1, 14), "int32"))
    assert networks["nezha"](np.ones((1, 14), "int32")).shape == (1, 14, 30)


def test_wrong_masks_are_refused(networks):
    network = networks["bert"]
    with pytest.raises(ValueError, match=r"The mask must be for .* Received: a mask for \(1, 5, 5\)"):
        network(TOKENS, mask=masks.causal(5))
    with pytest.raises(ValueError, match="The mask must be for"):
        network(TOKENS, mask=masks.padding(np.ones((3, LENGTH), bool)))
    with pytest.raises(TypeError, match=r"masks\.matrix\(pairs\) makes one.*shape \(2, 11, 11\)"):
        network(TOKENS, mask=np.ones((2, LENGTH, LENGTH), bool))
    with pytest.raises(TypeError, match="padding_mask must be boolean"):
        network(TOKENS, mask=np.ones((2, LENGTH), "int32"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"heads": 4}, "heads must divide width"),
        ({"heads": 6, "positions": "rotary"}, "width must be an even number for each head with rotary"),
        ({"depth": 0}, "depth must be at least 1. Received: 0"),
        ({"positions": "learned"}, "positions must be one of"),
        ({"head": "nsp"}, "head must be one of"),
        ({"groups": 4}, "groups must be from 1 to depth=3"),
        ({"groups": True}, "groups must be a whole number. Received: True"),
        ({"pad_id": 23}, "pad_id must be one of the 23 tokens"),
        ({"pad_id": "0"}, "pad_id must be a whole number. Received: '0'"),
        ({"segments": -1}, "segments must be at least 0. Received: -1"),
        ({"width": 30.0}, r"width must be a whole number\. Received: 30\.0"),
        ({"embedding_width": 0}, "embedding_width must be at least 1. Received: 0"),
        ({"dropout": 1.0}, "dropout must be from 0 to below 1"),
        ({"attention_dropout": math.nan}, "attention_dropout must be finite"),
        ({"epsilon": 0}, "epsilon must be above 0"),
        ({"epsilon": True}, "epsilon must be a number. Received: True"),
        ({"initial_deviation": math.inf}, "initial_deviation must be finite"),
        ({"activation": ["gelu"]}, "activation must be one of"),
        ({"label_names": ["yes"]}, "label_names must be 2 names, as many as labels"),
        ({"label_names": "ab"}, "label_names must be 2 names"),
        ({"label_names": [0, 1]}, "label_names must be 2 names"),
        ({"rotate_values": "false"}, "rotate_values must be True or False"),
        ({"max_positions": 10**30}, "max_positions must be at most 4194304. Received: 10{30}$"),
        ({"depth": 10**9}, "depth must be at most 10000"),
        (
            {"width": 12 * 10**6},
            "must have at most 68,719,476,736 weights. Received sizes that make .* width=12000000",
        ),
    ],
)
def test_wrong_configurations_are_refused(change, message):
    with pytest.raises((TypeError, ValueError), match=message):
        replace(BASE, **change)


def test_numbers_of_numpy_become_plain():
    config = replace(BASE, depth=np.int64(3), dropout=np.float32(0.5))
    assert json.loads(json.dumps(config.to_dict()))["dropout"] == 0.5
    assert config == replace(BASE, depth=3, dropout=0.5)


def test_layers_have_the_activations_of_a_configuration():
    assert list(ACTIVATIONS) == list(_activation.ACTIVATIONS)


def test_a_token_beyond_the_vocabulary_is_not_read_as_another(networks):
    tokens = TOKENS.copy()
    tokens[0, 3] = 23
    if keras.backend.backend() == "jax":
        said = ops.convert_to_numpy(networks["bert"](tokens, SEGMENTS))
        assert np.isnan(said[0]).all()
    else:
        with pytest.raises(Exception, match=r"out of range|is not in \[0, 23\)"):
            networks["bert"](tokens, SEGMENTS)


def test_a_configuration_survives_json():
    import json

    for config in KINDS.values():
        assert TransformerConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    with pytest.raises(ValueError, match=r"no fields \['wide'\]"):
        TransformerConfig.from_dict({**BASE.to_dict(), "wide": 3})


def test_a_model_must_read_tokens():
    with pytest.raises(ValueError, match='must have "tokens"'):
        BASE.build(inputs=("segments",))


def test_activations_are_the_exact_ones():
    from maskplay.layers import FeedForward

    layer = FeedForward(1, 1, kernel_initializer="ones")
    for x in (-2.0, 0.5, 3.0):
        wanted = x * 0.5 * (1 + math.erf(x / math.sqrt(2)))
        found = ops.convert_to_numpy(layer(np.array([[[x]]], "float32")))
        assert abs(float(found.item()) - wanted) < 1e-6


def test_fresh_weights_are_all_different():
    """One initializer object gives the same numbers each time it is asked."""
    config = TransformerConfig(29, 12, 2, 3, 12, max_positions=29, segments=29, head="masked_lm")
    network = config.layer()
    network.build((None, None))
    drawn = [np.ravel(ops.convert_to_numpy(w)) for w in network.weights if len(w.shape) == 2]
    assert len(drawn) == 3 + 2 * 6 + 1
    firsts = [tuple(np.sort(values)[:3]) for values in drawn]
    assert len(set(firsts)) == len(firsts)
